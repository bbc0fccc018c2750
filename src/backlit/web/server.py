"""A live page for this machine alone: ``backlit serve RUN``.

The server listens on 127.0.0.1 and answers only to that name, so that no page of another site can
talk to it (DNS rebinding), and only to its own pages where something is computed.  It reads no
files: everything it shows is in memory when it starts.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable
from contextlib import nullcontext, suppress
from types import FrameType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from backlit.errors import BacklitError, ConfigurationError, InputError
from backlit.explain.words import json_number

from .live import Live
from .page import live_page
from .requests import (
    FlipRequest,
    LossesRequest,
    PictureRequest,
    R,
    TrainerRequest,
    UpdateRequest,
    ViewRequest,
    read_request,
)

HOST = "127.0.0.1"
PORT = 8420
LARGEST = 4_000_000  # bytes of a request: a picture of some hundred thousand numbers
_NAMES = (HOST, "localhost")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def application(live: Live, opening: dict[str, Any]) -> Starlette:
    """The page and what it can ask for.

    Args:
        live: what computes.
        opening: what the page opens at, see :func:`.live_page`.
    """

    async def page(request: Request) -> Response:
        refused = _refused(request)
        if refused:
            return refused
        try:
            return HTMLResponse(await run_in_threadpool(live_page, live, opening), headers=_HEADERS)
        except BacklitError as problem:
            return Response(str(problem), 400, _HEADERS, "text/plain")

    def losses(request: LossesRequest) -> Any:
        return {"losses": [json_number(loss) for loss in live.losses(request)]}

    def trainer(request: TrainerRequest) -> Any:
        return _plain(live.train(request))

    # What takes long waits here for its turn, and not in a thread, so that a request that nobody
    # waits for any more is dropped.  Live's own lock is for who has no turn, as the page at "/".
    turn = asyncio.Lock()
    return Starlette(
        routes=[
            Route("/", page),
            _route("/document", ViewRequest, live.document, turn),
            _route("/losses", LossesRequest, losses, turn),
            _route("/flip", FlipRequest, live.flip, turn),
            _route("/update-report", UpdateRequest, live.update_report, turn),
            _route("/picture", PictureRequest, live.picture),
            _route("/trainer", TrainerRequest, trainer),
        ]
    )


def _route(
    path: str, kind: type[R], work: Callable[[R], Any], turn: asyncio.Lock | None = None
) -> Route:
    """What answers a request; with a turn, it waits for that, and may not be wanted any more."""

    async def answer(request: Request) -> Response:
        refused = _refused(request)
        if refused:
            return refused
        try:
            given = read_request(await _read(request), kind)
            async with turn or nullcontext():
                if await request.is_disconnected():
                    raise ClientDisconnect
                found = await run_in_threadpool(work, given)
        except BacklitError as problem:
            return _Json({"error": str(problem)}, 400, _HEADERS)
        except ClientDisconnect:
            return Response(status_code=400)
        return _Json(found, headers=_HEADERS)

    return Route(path, answer, methods=["POST"])


def _refused(request: Request) -> Response | None:
    """The answer to a request that does not come from a page of this server; None if it does."""
    host, _, port = request.headers.get("host", "").partition(":")
    if host not in _NAMES or (port or "80") != str(request.scope["server"][1]):
        return Response("this server answers to 127.0.0.1 only", 403, _HEADERS, "text/plain")
    origin = request.headers.get("origin")
    if origin is not None and origin not in _origins(port):
        return Response("this server answers to its own pages only", 403, _HEADERS, "text/plain")
    if request.headers.get("sec-fetch-site") == "cross-site" and (
        request.headers.get("sec-fetch-mode") != "navigate"
    ):  # a link may lead here; a picture or a script of another site may not
        return Response("this server answers to its own pages only", 403, _HEADERS, "text/plain")
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json":
            return Response("JSON is expected", 415, _HEADERS, "text/plain")
    return None


def _origins(port: str) -> set[str]:
    """The pages of this server, by their origin; 80 is not written."""
    return {f"http://{name}{f':{port}' if port and port != '80' else ''}" for name in _NAMES}


class _Json(JSONResponse):
    """JSON in ASCII, which any text can be put into."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False).encode("ascii")


async def _read(request: Request) -> bytes:
    """What was sent, of a sensible size.

    Raises:
        InputError: it is too large.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise InputError(f"a request may have up to {LARGEST:,} bytes")
    return body


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """What JSON can hold: losses may have become infinite."""
    return {
        **answer,
        "losses": [json_number(loss) for loss in answer["losses"]],
        "accuracy": json_number(answer["accuracy"]),
    }


def listen(port: int | None) -> socket.socket:
    """A socket on a port of this machine: the one that was asked for, else the first free one.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    for tried in [PORT, 0] if port is None else [port]:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # on Windows others could then listen on the same port, too
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((HOST, tried))
            server.listen()
            return server
        except OSError as problem:
            server.close()
            reason = problem.strerror or str(problem)
    where = f"{HOST}:{port}" if port is not None else f"any port of {HOST}"
    raise ConfigurationError(f"cannot listen on {where}: {reason}")


def serve(
    live: Live, opening: dict[str, Any], server: socket.socket, ready: Callable[[], None]
) -> None:
    """Answer until Ctrl-C.

    Args:
        live: what computes.
        opening: see :func:`application`.
        server: from :func:`listen`.
        ready: called once the page can be opened.
    """
    config = uvicorn.Config(
        application(live, opening), log_level="critical", access_log=False, lifespan="off",
        server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    with suppress(KeyboardInterrupt):  # which is how it is meant to end
        Announced(config, ready, live.stop).run(sockets=[server])


class Announced(uvicorn.Server):
    """A server that says when it is ready, and when it has been told to end."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready, self._ending = ready, ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came, such as Ctrl-C."""
        self._ending()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """It listens from here on."""
        await super().startup(sockets)
        self._ready()
