"""The engine as a guest in a process: threads, forks, memory, other networks."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.engines.fast import threads
from backlit.engines.fast.threads import thread_count
from backlit.errors import ConfigurationError


def small(seed: int = 0) -> bl.Network:
    layers = [bl.Conv2d(3, 3), bl.ReLU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)]
    return bl.Network((1, 6, 6), layers, engine="fast", seed=seed)


IMAGES = np.random.default_rng(0).standard_normal((8, 1, 6, 6)).astype(np.float32)
LABELS = np.arange(8) % 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only on POSIX: fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_after_a_fork_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", "2")
    net = small()
    before = net.forward(IMAGES)
    child = os.fork()
    if child == 0:  # nothing here may raise: it would go on with the tests
        same = False
        try:
            same = bool(np.array_equal(net.forward(IMAGES), before))
        finally:
            os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert np.array_equal(net.forward(IMAGES), before)


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: /proc/self/statm")
def test_memory_is_flat_over_ten_thousand_steps() -> None:
    net = small()
    page = os.sysconf("SC_PAGE_SIZE")

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page

    def steps(count: int) -> None:
        """Batches of all sizes, as the last one of an epoch is of another."""
        for k in range(count):
            size = 1 + k % 8
            _, gradients = net.loss_and_gradients(IMAGES[:size], LABELS[:size])
            for name, array in net.parameters.items():
                array -= 0.01 * gradients[name]
            net.forward(IMAGES[:size])

    grown = []
    for _ in range(4):
        before = resident()
        steps(2500)
        grown.append(resident() - before)
    # A leak of a single small array a step would be 2500 times 100 bytes at least, every time;
    # Python and NumPy may ask for more memory once, or give some back.
    assert sorted(grown)[1] < 125_000


def test_networks_in_one_process_do_not_disturb_each_other() -> None:
    one, other = small(0), small(1)
    alone = one.forward(IMAGES), other.forward(IMAGES)
    assert not np.array_equal(*alone)
    for _ in range(20):
        assert np.array_equal(one.forward(IMAGES), alone[0])
        other.loss_and_gradients(IMAGES, LABELS)
        assert np.array_equal(other.forward(IMAGES), alone[1])


class TestThreadCount:
    def test_the_environment_decides(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BACKLIT_THREADS", "3")
        assert thread_count() == 3

    @pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
    def test_and_must_make_sense(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BACKLIT_THREADS", value)
        with pytest.raises(ConfigurationError, match="BACKLIT_THREADS must be a number of at"):
            thread_count()

    @pytest.mark.skipif(
        not hasattr(os, "sched_setaffinity"), reason="only on Linux: affinity of processes"
    )
    def test_affinity_is_respected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BACKLIT_THREADS", raising=False)
        before = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, {min(before)})
            assert thread_count() == 1
        finally:
            os.sched_setaffinity(0, before)

    @pytest.mark.parametrize(
        ("files", "count"),
        [
            ({"cpu.max": "150000 100000"}, 2),
            ({"cpu.max": "100000 100000"}, 1),
            ({"cpu.max": "50000 100000"}, 1),
            ({"cpu.max": "max 100000"}, 64),
            ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
            ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 64),
            ({}, 64),
        ],
    )
    def test_a_control_groups_quota_is_respected(
        self, files: dict[str, str], count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(f"{content}\n", encoding="ascii")
        monkeypatch.setattr(threads, "_GROUPS", tmp_path)
        monkeypatch.delenv("BACKLIT_THREADS", raising=False)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
        assert thread_count() == count
