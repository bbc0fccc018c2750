"""The server: what it computes is right, and nobody else gets anything out of it."""

import base64
import http.client
import json
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError
from backlit.explain import explain
from backlit.web.live import Live
from backlit.web.requests import LossesRequest
from backlit.web.server import HOST, LARGEST, listen
from tests.web.serving import Served, array, live, served


@pytest.fixture(scope="module")
def one() -> Live:
    return live()


@pytest.fixture(scope="module")
def server(one: Live) -> Iterator[Served]:
    with served(one, address="conv1.weight[1,0,2,2]", first=3, count=4) as found:
        yield found


def test_the_page(server: Served) -> None:
    status, headers, content = server.ask("GET", "/")
    assert status == 200
    assert headers["x-frame-options"] == "DENY"
    text = content.decode()
    assert "connect-src 'self'" in text
    found = re.search(r'id="document">(.*?)</script>', text)
    assert found
    document = json.loads(found.group(1))
    assert document["indices"] == [3, 4, 5, 6]
    assert document["live"]["images"] == 20


def test_another_batch(server: Served, one: Live) -> None:
    status, document = server.post("/document", {"first": 17, "count": 8})
    assert status == 200
    assert document["indices"] == [17, 18, 19]
    true = explain(one.network, one.images[17:], one.labels[17:])
    assert np.array_equal(array(document, "conv2.error"), true.recording.errors["conv2"])


def test_edits_change_everything_that_follows(server: Served, one: Live) -> None:
    before = {name: value.copy() for name, value in one.network.parameters.items()}
    edits = [
        {"address": "conv1.weight[0,0,1,1]", "value": 2.5},
        {"address": "input[1,0,4,4]", "value": -3.0},
        {"address": "dense1.bias[2]", "value": 1},
    ]
    status, document = server.post("/document", {"first": 0, "count": 2, "edits": edits})
    assert status == 200
    images = one.network.checked_images(one.images[:2]).copy()
    images[1, 0, 4, 4] = -3.0
    changed = live().network
    changed.parameters["conv1.weight"][0, 0, 1, 1] = 2.5
    changed.parameters["dense1.bias"][2] = 1
    true = explain(changed, images, one.labels[:2]).recording
    for name in ("conv1.output", "dense1.output"):
        assert np.array_equal(array(document, name), true.activations[name.split(".")[0]])
    assert np.array_equal(array(document, "input.error"), true.errors["input"])
    assert array(document, "conv1.weight")[0, 0, 1, 1] == 2.5
    for name, value in one.network.parameters.items():
        assert np.array_equal(value, before[name])


def test_a_picture_of_ones_own(server: Served, one: Live) -> None:
    picture = np.linspace(-1, 1, 64).reshape(1, 8, 8)
    status, document = server.post("/document", {"picture": picture.tolist(), "label": 1})
    assert status == 200
    assert np.array_equal(array(document, "input")[0], picture)
    assert document["labels"] == [1]


def test_losses_are_measured(server: Served, one: Live) -> None:
    offsets = [-0.5, 0, 0.25]
    given = {"first": 3, "count": 4, "address": "conv2.weight[1,0,1,1]", "offsets": offsets}
    status, answer = server.post("/losses", given)
    assert status == 200
    for offset, loss in zip(offsets, answer["losses"], strict=True):
        changed = live().network
        changed.parameters["conv2.weight"][1, 0, 1, 1] += offset
        true = explain(changed, one.images[3:7], one.labels[3:7]).recording.loss
        assert loss == pytest.approx(true, rel=1e-15)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "127.0.0.1:1"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
    ],
)
def test_others_are_refused(headers: dict[str, str], server: Served) -> None:
    status, answer = server.post("/document", {}, **headers)
    assert status in (400, 403, 415)
    assert "tensors" not in answer


def test_another_name_with_the_right_port_is_refused(server: Served) -> None:
    for name in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "[::1]"):
        status, answer = server.post("/document", {}, host=f"{name}:{server.port}")
        assert status == 403, name
        assert "tensors" not in answer
    assert server.post("/document", {}, host=f"localhost:{server.port}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/page.py", "/../etc/passwd", "/%2e%2e/config.json", "/document/x"]
)
def test_no_files_are_served(path: str, server: Served) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        status, _, _ = server.ask(method, path)
        assert status in (403, 404, 405, 415)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": 20}, "there is no image 20"),
        ({"first": -1}, "there is no image -1"),
        ({"count": 65}, "1 to 64 images at a time"),
        ({"count": 0}, "1 to 64 images at a time"),
        ({"first": "0"}, "first must be a whole number, got a text"),
        ({"first": True}, "first must be a whole number, got true or false"),
        ({"first": 2**40}, "first must be at most 2,147,483,648"),
        ({"count": 1e9}, "count must be a whole number, got a number"),
        ({"count": None}, "count must be a whole number, got null"),
        ({"picture": [[[1, 2]]]}, "must have shape (1, 8, 8)"),
        ({"picture": [[[1, 2], [1]]]}, "rows of the picture must have the same length"),
        ({"picture": [[1, 2]]}, "picture[0][0] must be a list, got a whole number"),
        ({"picture": "x"}, "picture must be a list, got a text"),
        ({"picture": [[["a"]]]}, "picture[0][0][0] must be a number, got a text"),
        ({"edits": {}}, "edits must be a list, got a JSON object"),
        ({"edits": [1]}, "edits[0] must be a JSON object"),
        (
            {"edits": [{}]},
            'edits[0]: an edit is {"address": …, "value": …}, '
            '{"layer": …, "channel": …, "value": …}, {"descend": …} or {"freeze": …}',
        ),
        ({"edits": [{"address": "conv1.bias[0]"}]}, "edits[0]: an edit is"),
        ({"edits": [{"descend": 1, "value": 1}]}, "edits[0]: an edit is"),
        ({"edits": [{"address": "x", "value": "x"}]}, "edits[0].value must be a number"),
        ({"edits": [{"address": "conv1.weight[9,0,0,0]", "value": 1}]}, "there is no"),
        ({"edits": [{"address": "relu1.output[0,0,0,0]", "value": 1}]}, "follows from others"),
        (
            {"edits": [{"address": "a" * 300, "value": 1}]},
            "edits[0].address must have at most 200 characters",
        ),
        ({"unknown": 1}, "the request has the unknown key 'unknown'"),
        ({"in_training": "yes"}, "in_training must be true or false, got a text"),
        ({"upcoming": 1}, "upcoming must be true or false"),
        ({"edits": [{"descend": 0.1}] * 1001}, "edits must have at most 1,000 entries"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    given: dict[str, Any], words: str, server: Served
) -> None:
    status, answer = server.post("/document", given)
    assert status == 400
    assert words in answer["error"]
    assert "\n" not in answer["error"]


def test_a_label_that_is_no_class(server: Served) -> None:
    picture = np.zeros((1, 8, 8)).tolist()
    for label in (3, -1, 10**9):
        status, answer = server.post("/document", {"picture": picture, "label": label})
        assert status == 400, answer
        assert "error" in answer


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"first": NaN}']
)
def test_what_is_no_json_object(body: bytes, server: Served) -> None:
    status, _, content = server.ask("POST", "/document", body, content_type="application/json")
    assert status == 400
    assert "error" in json.loads(content)


def test_a_request_that_is_too_large(server: Served) -> None:
    body = b'{"x": "' + b"a" * LARGEST + b'"}'
    status, _, content = server.ask("POST", "/document", body, content_type="application/json")
    assert status == 400
    assert "bytes" in json.loads(content)["error"]
    assert server.post("/document", {})[0] == 200


def test_the_training(server: Served, one: Live) -> None:
    status, answer = server.post("/trainer", {"do": "step"})
    assert status == 200
    assert answer["step"] == 1
    assert one.trainer
    weights = base64.b64decode(answer["weights"]["conv1.weight"]["data"])
    assert np.array_equal(
        np.frombuffer(weights).reshape(4, 1, 3, 3),
        one.trainer.network(1).parameters["conv1.weight"],
    )
    status, document = server.post("/document", {"count": 2, "at_step": 1})
    assert status == 200
    assert array(document, "conv1.weight").tobytes() == weights
    assert document["live"]["at_step"] == 1
    assert document["live"]["rate"] == answer["rate"] == one.trainer.rate(1)
    assert server.post("/document", {"count": 2})[1]["live"]["rate"] is None
    others = ({"do": "fly"}, {"do": 1}, {"since": -1}, {"since": "x"}, {"since": True}, {"x": 1})
    for wrong in others:
        status, answer = server.post("/trainer", wrong)
        assert status == 400, wrong
        assert "error" in answer


@pytest.mark.parametrize("pace", ["-1", "5.01", "NaN", "1e999", "true", "null", '"1"', "[1]"])
@pytest.mark.parametrize("action", ["start", "look"])
def test_a_pace_that_is_none(action: str, pace: str, server: Served, one: Live) -> None:
    body = f'{{"do": "{action}", "since": 0, "pace": {pace}}}'.encode()
    status, _, content = server.ask("POST", "/trainer", body, content_type="application/json")
    assert status == 400
    sentence = json.loads(content)["error"]
    assert sentence.startswith("pace") or (pace, sentence) == ("NaN", "the request is not JSON")
    assert "\n" not in sentence
    assert one.trainer
    assert not one.trainer.look()["running"]


def test_a_training_at_a_pace(server: Served) -> None:
    server.post("/trainer", {"do": "again"})
    status, answer = server.post("/trainer", {"do": "start", "since": 0, "pace": 5})
    assert status == 200
    assert answer["running"]
    answer = server.post("/trainer", {"do": "pause"})[1]
    assert not answer["running"]
    assert answer["step"] <= 1  # the next one would have come five seconds later
    assert server.post("/trainer", {"do": "again", "pace": 0.5})[1]["step"] == 0


def test_a_step_that_is_over(server: Served) -> None:
    status, answer = server.post("/document", {"at_step": 777})
    assert status == 400
    assert answer["error"].startswith("the network after step 777 is gone: the training is at")


@pytest.mark.parametrize(
    "given",
    [
        {"edits": [{"address": "conv1.weight[0,0,0,0]", "value": 10**400}]},
        {"edits": [{"address": "\ud800", "value": 1}]},
        {"\ud800": 1},
        {"picture": [[[10**400] * 8] * 8]},
    ],
)
def test_numbers_and_letters_that_nothing_can_hold(given: dict[str, Any], server: Served) -> None:
    status, answer = server.post("/document", given)
    assert status == 400, answer
    status, answer = server.post(
        "/losses", {**given, "address": "conv1.bias[0]", "offsets": [10**400]}
    )
    assert status == 400, answer


def test_a_picture_on_another_site_costs_nothing(server: Served) -> None:
    headers = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}
    assert server.ask("GET", "/", None, **headers)[0] == 403
    headers["sec_fetch_mode"] = "navigate"  # a link
    assert server.ask("GET", "/", None, **headers)[0] == 200


def test_nothing_is_computed_for_who_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, computed = live(), []
    begun, go_on = threading.Event(), threading.Event()

    def losses(request: LossesRequest) -> list[float]:
        computed.append(request.address)
        begun.set()
        assert go_on.wait(30)
        return request.offsets

    monkeypatch.setattr(slow, "losses", losses)
    with served(slow) as server, ThreadPoolExecutor() as pool:
        first = pool.submit(server.post, "/losses", {"address": "first", "offsets": [1]})
        assert begun.wait(30)
        gone = http.client.HTTPConnection(HOST, server.port)
        body = json.dumps({"address": "gone", "offsets": [2]})
        gone.request("POST", "/losses", body, {"content-type": "application/json"})
        gone.close()
        last = pool.submit(server.post, "/losses", {"address": "last", "offsets": [3]})
        # What the training does is told meanwhile.
        assert server.post("/trainer", {"do": "look"})[0] == 200
        go_on.set()
        assert first.result() == (200, {"losses": [1]})
        assert last.result() == (200, {"losses": [3]})
    assert computed == ["first", "last"]


def test_garbage_is_never_an_accident(server: Served) -> None:
    """Random JSON of the right words: an answer or a sentence, never a failure inside."""
    chance = random.Random(7)
    values: list[Any] = [
        *(None, True, -1, 0, 3, 1e308, -1e308, 2**70, "", "loss", [], {}, [[[]]], [None]),
        *("conv1.weight[0,0,0,0]", "input[0,0,0,0]", [{"address": "loss", "value": 1}]),
        *([{"address": "input[0,0,0,0]", "value": 1e308}], [0, 0.1], ["x"], [1e400]),
    ]
    names = [
        "first",
        "count",
        "in_training",
        "edits",
        "picture",
        "label",
        "address",
        "offsets",
        "x",
        "do",
        "since",
        "pace",
        "at_step",
        "upcoming",
        "file",
        "invert",
    ]
    for _ in range(300):
        given = {name: chance.choice(values) for name in chance.sample(names, chance.randint(0, 6))}
        for path in ("/document", "/losses", "/update-report", "/picture", "/trainer"):
            status, answer = server.post(path, given)
            assert status in (200, 400), (path, given, answer)
            assert (status == 200) == ("error" not in answer)


def test_a_port_that_is_taken() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}"):
            listen(port)


def test_where_none_is_asked_for_any_free_port_does() -> None:
    with listen(None) as first, listen(None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_the_course_is_told_once(one: Live) -> None:
    told = live()
    told.course = {"epochs": [], "stopped": None, "rule": {}, "film": None}
    with served(told) as server:
        text = server.ask("GET", "/")[2].decode()
        assert '"course": {"epochs"' in text
        assert "course" not in server.post("/document", {})[1]


def test_no_more_losses_than_are_sensible(server: Served) -> None:
    given = {"first": 0, "count": 1, "address": "conv1.bias[0]"}
    assert server.post("/losses", {**given, "offsets": [0.0] * 201})[0] == 200
    status, answer = server.post("/losses", {**given, "offsets": [0.0] * 202})
    assert status == 400
    assert answer["error"] == "offsets must have at most 201 entries"


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/document")])
def test_browsers_are_told_to_keep_it_to_this_page(method: str, path: str, server: Served) -> None:
    _, headers, _ = server.ask(method, path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_why_there_is_no_page() -> None:
    layers = [bl.Conv2d(1, 4), bl.BatchNorm2d(), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((1, 4, 4), layers, engine="pure", seed=1)
    one = Live(net, np.ones((2, 1, 4, 4)), np.array([0, 1]), "one image")
    with served(one, first=0, count=1) as found:
        status, headers, content = found.ask("GET", "/")
        assert status == 400
        assert headers["content-type"].startswith("text/plain")
        assert "needs more than one number for each channel" in content.decode()
        assert found.post("/document", {"count": 1, "in_training": False})[0] == 200
