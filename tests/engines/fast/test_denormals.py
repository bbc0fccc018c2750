"""Numbers below 2⁻¹²⁶ count as 0 inside the engine, and nowhere else."""

import sys
import threading

import numpy as np
import pytest

import backlit as bl
from backlit.engines.fast.threads import team

TINY = np.float32(2.0**-140)  # denormal: the smallest normal number is 2⁻¹²⁶


def passed_on(value: np.float32) -> np.float32:
    """What a 1x1 convolution with the weight 1 makes of a number, on two threads."""
    net = bl.Network((1, 4, 4), [bl.Conv2d(1, 1, bias=False)], engine="fast")
    net.parameters["conv1.weight"][...] = 1
    output = net.forward(np.full((4, 1, 4, 4), value, np.float32))
    assert (output == output[0, 0, 0, 0]).all()
    return np.float32(output[0, 0, 0, 0])


def test_denormal_numbers_become_zero_and_normal_ones_stay() -> None:
    smallest = np.float32(2.0**-126)
    assert passed_on(TINY) == 0
    assert passed_on(smallest) == smallest


def halved() -> bytes:
    """Half of a denormal number, as bytes: where they count as 0, a comparison would not tell."""
    return np.float32(np.multiply(TINY, np.float32(0.5))).tobytes()


HALF = (2 ** (149 - 141)).to_bytes(4, sys.byteorder)  # 2⁻¹⁴¹ in units of the smallest, 2⁻¹⁴⁹


@pytest.mark.parametrize("threads", [1, 2])
def test_the_callers_own_arithmetic_keeps_them(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", str(threads))
    passed_on(TINY)
    assert halved() == HALF
    found: list[bytes] = []
    other = threading.Thread(target=lambda: found.append(halved()))
    other.start()
    other.join()
    assert found == [HALF]
    # The team's own threads too, which may run other jobs.
    team().run([lambda: found.append(halved())] * threads)
    assert set(found) == {HALF}
