"""Functions and classes over tensors of PyTorch are read, and their mistakes are named."""

from pathlib import Path

import pytest

import backlit
from tests.check.programs import written

pytestmark = pytest.mark.torch
RIGHT = sorted((Path(__file__).parent / "zoo" / "right" / "torch").glob("*.py"))

FUNCTION = """
import torch
import torch.nn.functional as F

class MyConv(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, stride=1, padding=0):
        ctx.save_for_backward(x, w)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(x, w, b, stride=stride, padding=padding)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        how = {"stride": ctx.stride, "padding": ctx.padding}
        dx = torch.nn.grad.conv2d_input(x.shape, w, grad_output, **how)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, grad_output, **how)
        return dx, dw, grad_output.sum((0, 2, 3)), None, None
"""
UNFOLD = """
import torch
import torch.nn.functional as F

def conv_forward(x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    cols = F.unfold(x, (kh, kw), stride=stride, padding=pad)
    y = w.reshape(O, -1) @ cols + b[None, :, None]
    return y.reshape(N, O, (H + 2 * pad - kh) // stride + 1, -1), (x, w, cols, stride, pad)

def conv_backward(dout, cache):
    x, w, cols, stride, pad = cache
    O = w.shape[0]
    d = dout.reshape(dout.shape[0], O, -1)
    dw = torch.einsum("nol,nkl->ok", d, cols).reshape(w.shape)
    db = d.sum((0, 2))
    dx = w.reshape(O, -1).t() @ d
    dx = F.fold(dx, x.shape[2:], w.shape[2:], stride=stride, padding=pad)
    return dx, dw, db
"""
POOL = """
import torch

@torch.no_grad()
def maxpool_backward(grad, x, k=2):
    n, c, h, w = x.shape
    dx = torch.zeros_like(x)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            window = x[:, :, i * k:(i + 1) * k, j * k:(j + 1) * k].reshape(n, c, -1)
            best = window.argmax(-1, keepdim=True)
            place = torch.zeros_like(window).scatter_(-1, best, 1.0).reshape(n, c, k, k)
            place = place * grad[:, :, i:i + 1, j:j + 1]
            dx[:, :, i * k:(i + 1) * k, j * k:(j + 1) * k] = place
    return dx
"""
MODULE = """
import torch

class BatchNorm2d(torch.nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.weight = torch.ones(num_features)
        self.bias = torch.zeros(num_features)
        self.eps = eps

    def forward(self, x):
        self.centered = x - x.mean((0, 2, 3), keepdim=True)
        self.std = torch.sqrt((self.centered**2).mean((0, 2, 3), keepdim=True) + self.eps)
        self.xhat = self.centered / self.std
        return self.weight.view(1, -1, 1, 1) * self.xhat + self.bias.view(1, -1, 1, 1)

    def backward(self, dout):
        self.dweight = (dout * self.xhat).sum((0, 2, 3))
        self.dbias = dout.sum((0, 2, 3))
        g = dout * self.weight.view(1, -1, 1, 1)
        away = g.mean((0, 2, 3), keepdim=True)
        away = away + self.xhat * (g * self.xhat).mean((0, 2, 3), keepdim=True)
        return (g - away) / self.std
"""
LOSS = """
import torch

def softmax_cross_entropy_backward(logits, targets):
    p = torch.softmax(logits, dim=1)
    p[torch.arange(len(targets)), targets] -= 1
    return p / len(targets)
"""
PROGRAMS = [
    ("MyConv", FUNCTION, ("return dx, dw,", "return dx, dw.flip(2, 3),"), "filter-turned"),
    ("conv_backward", UNFOLD, ("d.sum((0, 2))", "d.mean((0, 2))"), "positions-averaged"),
    ("maxpool_backward", POOL, ("place = place * grad", "place = grad"), "error-to-all"),
    ("BatchNorm2d", MODULE, ("(g - away)", "g"), "statistics-constant"),
    (
        "softmax_cross_entropy_backward",
        LOSS,
        ("p / len(targets)", "p"),
        "batch-average-forgotten",
    ),
]


@pytest.mark.widths  # each imports PyTorch anew, for which a second goes by
@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_right_programs_are_right(path: Path) -> None:
    assert {each.verdict for each in backlit.check(path).findings} == {"right"}


@pytest.mark.parametrize(
    ("name", "program", "slip", "mistake"),
    [PROGRAMS[0], *(pytest.param(*each, marks=pytest.mark.widths) for each in PROGRAMS[1:])],
)
def test_a_slip_is_named(
    name: str, program: str, slip: tuple[str, str], mistake: str, tmp_path: Path
) -> None:
    (right,) = backlit.check(written(tmp_path, program=program), function=name).findings
    assert right.verdict == "right", right.sentence
    assert "Arrays are tensors" in right.reading
    (wrong,) = backlit.check(written(tmp_path, slip, program=program), function=name).findings
    assert wrong.mistakes == (mistake,)
