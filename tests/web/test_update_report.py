"""What a page shows beyond the gradients: real updates, steps for all weights, pictures."""

import base64
import io
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from PIL import Image

import backlit as bl
from backlit.data.prediction import load_image
from backlit.errors import AddressError, DataError, InputError
from backlit.explain import explain
from backlit.training import Settings
from backlit.training.examples import checked_data
from backlit.training.optimizers import Optimizer
from backlit.training.update_rule import UpdateRule
from backlit.web.live import Live
from backlit.web.page import page
from backlit.web.requests import (
    Edit,
    LossesRequest,
    PictureRequest,
    UpdateRequest,
    ViewRequest,
)
from backlit.web.server import Announced, application
from backlit.web.trainer import Trainer
from backlit.web.update_report import update_report
from tests.web.networks import NETWORKS, trace
from tests.web.serving import array, live, served

ADDRESS = "conv1.weight[1,0,2,0]"
OPTIMIZERS = [
    bl.SGD(0.05),
    bl.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    bl.Adam(0.01),
    bl.AdamW(0.01, weight_decay=0.1),
    bl.RMSprop(0.01, momentum=0.5, centered=True),
]


@pytest.fixture
def one() -> Live:
    return live()


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_the_update_that_is_told_is_the_next_step(optimizer: Optimizer) -> None:
    """Step for step, in a network with dropout and a schedule."""
    shape, layers = NETWORKS["color"]
    net = bl.Network(
        shape,
        layers,
        engine="pure",
        seed=2,
        normalization=bl.Normalization((0.5,) * 3, (0.25,) * 3),
    )
    random = np.random.default_rng(5)
    pictures = random.integers(0, 256, (10, *shape), np.uint8)
    labels = np.arange(10) % 3
    settings = Settings(
        epochs=2, batch_size=4, optimizer=optimizer, schedule=bl.WarmUp(0.5, then=bl.CosineDecay())
    )
    data = checked_data(net, (pictures, labels), None, None, 4)
    looked_at = Live(net, pictures, labels, "x", trainer=Trainer(net, settings, data))
    trainer = looked_at.trainer
    assert trainer
    for step in range(6):
        request = UpdateRequest(at_step=step, upcoming=True, address=ADDRESS)
        report = looked_at.update_report(request)["update"]
        before = trainer.network(step).parameters["conv1.weight"][1, 0, 2, 0]
        trainer.step()
        after = trainer.network(step + 1).parameters["conv1.weight"][1, 0, 2, 0]
        assert report["old"] == before
        assert report["new"] == pytest.approx(after, rel=1e-12)
        assert report["lines"][-1]["value"] == pytest.approx(after, rel=1e-12)
        assert any("η is the learning rate" in each for each in report["letters"])
    with pytest.raises(InputError, match="over after step 6"):
        looked_at.document(ViewRequest(at_step=6, upcoming=True))


def test_the_batch_of_the_next_step(one: Live) -> None:
    assert one.trainer
    one.trainer.step()
    document = one.document(ViewRequest(at_step=1, upcoming=True))
    _, labels, indices = one.trainer.batch(1)
    assert document["indices"] == indices
    assert document["labels"] == labels.tolist()
    assert sorted(one.trainer.batch(0)[2] + indices) != sorted(2 * indices)
    with pytest.raises(InputError, match="no training whose next step"):
        one.document(ViewRequest(upcoming=True))


def test_a_run_remembers_the_velocity(tmp_path: Path) -> None:
    shape, layers = NETWORKS["digits"]
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (24, *shape), np.uint8), np.arange(24) % 3
    net = bl.Network(shape, layers, engine="pure", seed=1)
    run, optimizer = tmp_path / "run", bl.SGD(0.05, momentum=0.9)
    bl.fit(
        net, (images, labels), epochs=1, batch_size=8, optimizer=optimizer, run=run, progress=False
    )
    found = bl.open_run(run)
    kept = found.update_rule("conv1.weight", net.parameters["conv1.weight"]).state
    assert kept
    assert found.update_rule("conv1.weight", net.parameters["conv1.weight"] + 1).state is None
    shown = Live(net, images, labels, "x", run=found)
    report = shown.update_report(UpdateRequest(0, 4, address=ADDRESS))
    explanation = explain(net, images[:4], labels[:4])[ADDRESS]
    velocity = 0.9 * kept["momentum"][1, 0, 2, 0] + explanation.engine_value
    assert report["update"]["lines"][0]["value"] == pytest.approx(velocity)
    assert report["update"]["new"] == pytest.approx(explanation.value - 0.05 * velocity)
    assert report["nudge"]["measured"] == pytest.approx(explanation.engine_value, rel=1e-3)
    with pytest.raises(AddressError, match="only weights and biases are updated"):
        shown.update_report(UpdateRequest(0, 4, address="conv1.output[0,0,0,0]"))


@pytest.mark.parametrize("clip", [1e-3, 1e3])
def test_what_is_clipped_is_told_as_it_happens(clip: float) -> None:
    shape, layers = NETWORKS["digits"]
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (8, *shape), np.uint8), np.arange(8) % 3
    net = bl.Network(shape, layers, engine="pure", seed=1)
    optimizer = bl.SGD(0.05, momentum=0.9, weight_decay=0.1)
    settings = Settings(epochs=2, batch_size=4, optimizer=optimizer, clip=clip)
    trainer = Trainer(net, settings, checked_data(net, (images, labels), None, None, 4))
    shown = Live(net, images, labels, "x", trainer=trainer)
    for step in range(2):
        trainer.network(step)  # which keeps it
        report = shown.update_report(UpdateRequest(at_step=step, upcoming=True, address=ADDRESS))[
            "update"
        ]
        shortened = [line for line in report["lines"] if line["symbol"] == "dW"]
        assert len(shortened) == (clip < 1)
        assert any("clipping" in each for each in report["letters"]) == (clip < 1)
        trainer.step()
        after = trainer.network(step + 1).parameters["conv1.weight"][1, 0, 2, 0]
        assert report["new"] == pytest.approx(after, rel=1e-14)


@pytest.mark.parametrize(
    ("optimizer", "clip", "plain"),
    [
        (bl.SGD(0.1), None, True),
        (bl.SGD(0.1), 1e3, True),
        (bl.SGD(0.1), 1e-3, False),
        (bl.SGD(0.1, momentum=0.9), None, False),
        (bl.SGD(0.1, weight_decay=0.1), None, False),
        (bl.Adam(), None, False),
    ],
)
def test_whether_an_update_is_plain_gradient_descent(
    optimizer: Optimizer, clip: float | None, plain: bool
) -> None:
    one = trace("digits")
    report = update_report(one, one.address(ADDRESS), UpdateRule(optimizer, clip=clip))
    assert report["update"]["plain"] == plain


def test_a_weight_too_large_to_be_nudged() -> None:
    one = live()
    one.network.parameters["conv1.weight"][1, 0, 2, 0] = 1e300
    report = one.update_report(UpdateRequest(0, 1, address=ADDRESS))
    assert set(report["nudge"]) == {"sentence"}
    assert "is lost in the rounding" in report["nudge"]["sentence"]


@pytest.mark.parametrize("value", [1e300, np.inf, np.nan])
def test_a_page_of_a_network_that_blew_up(value: float) -> None:
    one = live()
    one.network.parameters["conv1.weight"][0, 0, 0, 0] = value
    with np.errstate(all="ignore"):
        trace = explain(one.network, one.images[:2], one.labels[:2])
        assert "cannot be tried out here" in page(trace, "x", address="conv1.weight[0,0,0,0]")


def test_a_file_tells_it_of_the_number_that_it_opens_at() -> None:
    one = trace("digits")
    sizes = np.abs(one.recording.gradients["conv1.weight"])
    place = ",".join(map(str, np.unravel_index(sizes.argmax(), sizes.shape)))
    text = page(one, "x")
    assert (
        f'"update_report": {{"address": "conv1.weight[{place}]", "update": null, "nudge": {{'
        in text
    )
    assert '"update_report": null' in page(one, "x", address="loss")


def test_steps_for_all_weights_lower_the_loss(one: Live) -> None:
    before = explain(one.network, one.images[:4], one.labels[:4])
    after = one.document(ViewRequest(0, 4, edits=(Edit(descend=0.1), Edit(descend=0.1))))
    report = after["edits"]
    assert report[0] == {"descend": 0.1, "loss": before.recording.loss}
    assert report[1]["loss"] < report[0]["loss"]
    weights = {
        name: array - 0.1 * before.recording.gradients[name]
        for name, array in before.snapshot.parameters.items()
    }
    stepped = live().network
    for name, values in weights.items():
        stepped.parameters[name][...] = values
    assert explain(stepped, one.images[:4], one.labels[:4]).recording.loss == report[1]["loss"]
    assert (
        one.losses(LossesRequest(0, 4, address=ADDRESS, offsets=[0.0]))[0] == before.recording.loss
    )  # the network is as it was


def test_changes_take_effect_in_their_order(one: Live) -> None:
    edit, step = Edit(ADDRESS, 3.0), Edit(descend=0.5)
    edited_last = one.document(ViewRequest(0, 4, edits=(step, edit)))
    edited_first = one.document(ViewRequest(0, 4, edits=(edit, step)))

    def weight(document: Any) -> float:
        data = document["tensors"]["conv1.weight"]
        array = np.frombuffer(base64.b64decode(data["data"]), data["dtype"]).reshape(data["shape"])
        return float(array[1, 0, 2, 0])

    assert weight(edited_last) == 3
    assert weight(edited_first) != 3


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("pad", [False, True])
def test_a_picture_file_is_read_as_predict_reads_it(pad: bool, one: Live, tmp_path: Path) -> None:
    one.pad = pad
    one.network.normalization = bl.Normalization((0.2,), (0.3,))  # light on dark
    paper = np.full((20, 30), 255)
    paper[4:16, 12:15] = 0  # a dark stroke
    contents = png(paper)
    found = one.picture(PictureRequest(contents))
    assert found["inverted"]
    assert found["framed"] == ("widened to 30×30" if pad else "cut to 20×20")
    (tmp_path / "one.png").write_bytes(contents)
    raw = load_image(
        tmp_path / "one.png", (1, 8, 8), normalization=one.network.normalization, pad=pad
    )
    one.document(ViewRequest(picture=found["picture"]))
    assert np.allclose(found["picture"], one.network.normalization.apply(raw[None], float)[0])
    as_it_is = one.picture(PictureRequest(contents, invert=False))
    assert not as_it_is["inverted"]
    assert np.mean(as_it_is["picture"]) > np.mean(found["picture"])


@pytest.mark.parametrize("contents", [b"", b"x" * 1000, png(np.zeros((8, 8)))[:40]])
def test_what_is_no_picture(contents: bytes, one: Live) -> None:
    with pytest.raises(DataError, match="The file cannot be read as a picture"):
        one.picture(PictureRequest(contents))


def test_a_drawing_without_a_class_is_what_it_is_taken_for(one: Live) -> None:
    picture = np.random.default_rng(3).standard_normal((1, 8, 8)).tolist()
    document = one.document(ViewRequest(picture=picture))
    best = int(one.network.predict_probabilities(np.array([picture])).argmax())
    assert document["labels"] == [best]
    assert one.document(ViewRequest(picture=picture, label=(best + 1) % 3))["labels"] == [
        (best + 1) % 3
    ]


def test_all_of_it_over_the_wire(one: Live) -> None:
    with served(one) as server:
        status, report = server.post("/update-report", {"address": ADDRESS})
        assert status == 200
        assert report["address"] == ADDRESS
        assert server.post("/update-report", {"address": "loss"})[0] == 400
        file = base64.b64encode(png(np.zeros((9, 9)))).decode()
        status, found = server.post("/picture", {"file": file})
        assert status == 200
        assert np.shape(found["picture"]) == (1, 8, 8)
        status, answer = server.post("/picture", {"file": base64.b64encode(b"hello").decode()})
        assert (status, "cannot be read as a picture" in answer["error"]) == (400, True)
        for wrong in ({"file": "§"}, {"file": 1}, {"file": file, "invert": 2}, {}):
            assert server.post("/picture", wrong)[0] == 400
        steps = {"first": 0, "count": 4, "edits": [{"descend": 0.1}]}
        assert server.post("/document", steps)[1]["edits"][0]["descend"] == 0.1
        for wrong_rate in (None, "1", True):
            assert server.post("/document", {"edits": [{"descend": wrong_rate}]})[0] == 400
        assert server.post("/document", {"edits": [{"descend": 1e300}]})[0] in (200, 400)


def test_a_server_that_ends_breaks_off_what_takes_long(one: Live) -> None:
    config = uvicorn.Config(application(one, {}), lifespan="off")
    server = Announced(config, lambda: None, one.stop)
    assert len(one.losses(LossesRequest(0, 4, address=ADDRESS, offsets=[0.0, 0.1]))) == 2
    server.handle_exit(signal.SIGINT, None)
    assert server.should_exit
    with pytest.raises(InputError, match="the server is ending"):
        one.losses(LossesRequest(0, 4, address=ADDRESS, offsets=[0.0, 0.1]))


def test_what_takes_long_is_broken_off_when_the_server_ends() -> None:
    one = live()
    one.stop()
    with pytest.raises(InputError, match="the server is ending"):
        one.document(ViewRequest(0, 1, edits=(Edit(descend=0.1),)))


@pytest.mark.parametrize("training", [True, False])
def test_a_picture_of_no_known_class_is_what_this_very_pass_takes_it_for(training: bool) -> None:
    shape = (1, 4, 4)
    layers = [bl.Conv2d(2, 3), bl.BatchNorm2d(), bl.Dropout(0.5), bl.Flatten(), bl.Dense(5)]
    net = bl.Network(shape, layers, engine="pure", seed=4)
    for seed in range(8):
        random = np.random.default_rng(seed)
        net.training_step = seed
        picture = random.normal(size=shape).tolist()
        shown = Live(net, np.zeros((1, *shape)), np.zeros(1, np.int64), "x")
        edit = Edit(f"dense1.bias[{seed % 5}]", 9.0)
        for edits in ((), (edit,), (Edit(descend=0.1),), (edit, Edit(descend=0.1))):
            request = ViewRequest(picture=picture, edits=edits, in_training=training)
            found = shown.document(request)
            p = array(found, "probability")
            assert found["labels"] == [int(p.argmax())]
