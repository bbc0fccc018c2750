"""A live page served in a thread, on a free port."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import uvicorn

import backlit as bl
from backlit.training import Settings
from backlit.training.examples import checked_data
from backlit.web.live import Live
from backlit.web.requests import TrainerRequest
from backlit.web.server import HOST, application, listen
from backlit.web.trainer import Trainer
from tests.web.networks import NETWORKS

Answer = tuple[int, dict[str, str], bytes]


def live(name: str = "digits", images: int = 20) -> Live:
    """A small network with random pictures."""
    shape, layers = NETWORKS[name]
    normalization = bl.Normalization((0.5,) * shape[0], (0.25,) * shape[0])
    net = bl.Network(
        shape, layers, engine="pure", seed=2, classes=("a", "<b>", "c"), normalization=normalization
    )
    random = np.random.default_rng(5)
    pictures = random.integers(0, 256, (images, *shape), np.uint8)
    labels = np.arange(images) % 3
    settings = Settings(epochs=3, batch_size=4)
    data = checked_data(net, (pictures, labels), None, None, settings.batch_size)
    trainer = Trainer(net, settings, data)
    return Live(net, pictures, labels, "a run: test images", trainer=trainer)


def array(document: Any, name: str) -> Any:
    """One of the arrays that a page is sent."""
    data = document["tensors"][name]
    return np.frombuffer(base64.b64decode(data["data"]), data["dtype"]).reshape(data["shape"])


def carried_out(trainer: Trainer, do: Any, since: int, pace: float = 0) -> dict[str, Any]:
    """Where a training stands once it has done what was requested."""
    return trainer.carry_out(TrainerRequest(do, since, pace))


class Served:
    """A server, and a way to ask it."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request; headers with underscores for hyphens."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """A request in JSON; the status and the answer."""
        sent = json.dumps(body).encode()
        found = self.ask("POST", path, sent, **{"content_type": "application/json", **headers})
        status, answered, content = found
        plain = answered.get("content-type", "").startswith("text/plain")
        return status, content.decode() if plain else json.loads(content)


@contextmanager
def served(live: Live, **opening: Any) -> Iterator[Served]:
    """A server that is there until the end of the block."""
    socket = listen(0)
    config = uvicorn.Config(
        application(live, opening), log_level="critical", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield Served(socket.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
