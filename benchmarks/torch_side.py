"""PyTorch's side of a comparison: the same network out of its own modules."""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import nn

import backlit as bl
from backlit.network import Node
from benchmarks.cases import Case

_ACTIVATIONS = {"ReLU": nn.ReLU, "ELU": nn.ELU}


class Side:
    """PyTorch in one of its ways: "contiguous", "channels_last", "compiled", "bfloat16".

    The last one is automatic mixed precision, channels last; "compiled" is channels last, too.
    """

    def __init__(self, case: Case, way: str) -> None:
        torch.set_num_threads(int(os.environ["BACKLIT_THREADS"]))
        torch.set_flush_denormal(True)
        self.way = way
        graph = bl.Network(case.shape, case.layers(), engine="pure").graph
        self.module = _Sequential(list(graph)) if _is_chain(list(graph)) else _Walk(list(graph))
        self.format = torch.contiguous_format if way == "contiguous" else torch.channels_last

    def load(self, parameters: dict[str, Any], images: Any, labels: Any) -> None:
        with torch.no_grad():
            for name, parameter in self.module.named_parameters():
                parameter.copy_(torch.from_numpy(parameters[self.module.public(name)]))
        self.module.to(memory_format=self.format)
        self.images = torch.from_numpy(images).contiguous(memory_format=self.format)
        self.labels = torch.from_numpy(labels)
        self.optimizer = torch.optim.SGD(
            self.module.parameters(), lr=1e-4, momentum=0.9, fused=True
        )
        self.run = torch.compile(self.module) if self.way == "compiled" else self.module

    def _loss(self) -> Any:
        self.module.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.way == "bfloat16"):
            scores = self.run(self.images)
            return nn.functional.cross_entropy(scores, self.labels)

    def gradients(self) -> tuple[float, dict[str, Any]]:
        self.optimizer.zero_grad(set_to_none=True)
        loss = self._loss()
        loss.backward()
        return loss.item(), {
            self.module.public(name): parameter.grad.numpy()
            for name, parameter in self.module.named_parameters()
        }

    def step(self) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        self._loss().backward()
        self.optimizer.step()

    def predict(self) -> Any:
        self.module.eval()
        bfloat16 = self.way == "bfloat16"
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return self.run(self.images).float().numpy()


class _Sequential(nn.Sequential):  # type: ignore[misc]
    """A chain of layers."""

    def __init__(self, nodes: list[Node]) -> None:
        super().__init__(*map(_module, nodes))
        self._names = {str(k): node.name for k, node in enumerate(nodes)}

    def public(self, name: str) -> str:
        """Our name of a parameter."""
        layer, parameter = name.split(".")
        return f"{self._names[layer]}.{parameter}"


class _Walk(nn.Module):  # type: ignore[misc]
    """Layers that branch."""

    def __init__(self, nodes: list[Node]) -> None:
        super().__init__()
        self.nodes = nn.ModuleDict({node.name: _module(node) for node in nodes})
        self._inputs = [(node.name, node.inputs) for node in nodes]

    def forward(self, images: Any) -> Any:
        values = {"input": images}
        for name, inputs in self._inputs:
            values[name] = self.nodes[name](*[values[each] for each in inputs])
        return values[name]

    def public(self, name: str) -> str:
        """Our name of a parameter."""
        return name.removeprefix("nodes.")


class _Add(nn.Module):  # type: ignore[misc]
    def forward(self, first: Any, second: Any) -> Any:
        return first + second


class _GlobalAverage(nn.Module):  # type: ignore[misc]
    def forward(self, x: Any) -> Any:
        return x.mean((2, 3))


def _is_chain(nodes: list[Node]) -> bool:
    before = ["input", *(node.name for node in nodes)]
    return all(node.inputs == (name,) for node, name in zip(nodes, before, strict=False))


def _module(node: Node) -> nn.Module:
    layer: Any = node.layer
    kind = type(layer).__name__
    if kind in _ACTIVATIONS:
        return _ACTIVATIONS[kind](inplace=True)
    if kind == "Conv2d":
        channels = node.input_shapes[0][0]
        return nn.Conv2d(
            channels, layer.filters, layer.kernel_size, layer.stride, layer.padding,
            groups=layer.groups, bias=layer.bias,
        )  # fmt: skip
    known: dict[str, Any] = {
        "MaxPool2d": lambda: nn.MaxPool2d(layer.kernel_size),
        "BatchNorm2d": lambda: nn.BatchNorm2d(node.output_shape[0], layer.eps, layer.momentum),
        "Dense": lambda: nn.Linear(node.input_shapes[0][0], layer.units, layer.bias),
        "Flatten": nn.Flatten,
        "GlobalAvgPool2d": _GlobalAverage,
        "Add": _Add,
    }
    return known[kind]()
