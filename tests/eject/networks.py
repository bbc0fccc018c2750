"""Networks to write as programs: one for each layer and its options, and any that can be drawn."""

from __future__ import annotations

from hypothesis import strategies as st

import backlit as bl
from backlit.errors import BacklitError
from backlit.layers import Layer
from backlit.network.graph import Graph

Shape = tuple[int, int, int]

# What stands before Flatten and Dense(3); the whole network is made by ``network``.
OF_MAPS: dict[str, list[Layer]] = {
    "conv": [bl.Conv2d(3, 2)],
    "conv without bias": [bl.Conv2d(3, 2, bias=False)],
    "conv with stride that leaves a remainder": [bl.Conv2d(2, (2, 3), stride=(3, 2))],
    "conv with padding": [bl.Conv2d(2, 3, padding=1)],
    "conv with uneven padding": [bl.Conv2d(2, 3, padding=((1, 0), (0, 2)))],
    "conv with same padding and stride": [bl.Conv2d(2, (2, 3), stride=2, padding="same")],
    "conv with dilation": [bl.Conv2d(2, 2, dilation=(2, 3))],
    "conv with groups": [bl.Conv2d(4, 2, groups=2)],
    "conv with everything": [
        bl.Conv2d(4, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(1, 2), groups=2)
    ],
    "convs that differ in stride and padding": [
        bl.Conv2d(2, 3, padding=1),
        bl.Conv2d(4, 3, stride=2, padding=2),
        bl.Conv2d(3, 1, bias=False),
        bl.Conv2d(3, (1, 2), stride=(1, 2)),
    ],
    "convs that differ in groups and dilation": [
        bl.Conv2d(4, 2, groups=2),
        bl.Conv2d(2, 2, dilation=2),
    ],
    "convs of which the second has groups": [
        bl.Conv2d(4, 2),
        bl.Conv2d(4, 2, groups=2, padding=1),
        bl.Conv2d(4, 2, groups=4, padding=2),
        bl.Conv2d(4, 1, groups=2),
    ],
    "depthwise": [bl.Conv2d(4, 3, padding="same", groups=4), bl.Conv2d(3, 1)],
    "max pool": [bl.MaxPool2d(2)],
    "max pool whose windows overlap": [bl.Conv2d(4, 1), bl.MaxPool2d(3, stride=1)],
    "max pool with padding": [bl.MaxPool2d((3, 2), stride=2, padding=1)],
    "max pools that differ": [bl.MaxPool2d(2, 1), bl.MaxPool2d(3, 2, padding=1)],
    "max pools of many kinds": [
        bl.MaxPool2d(2, padding=1),
        bl.MaxPool2d(3, padding=((1, 0), (0, 2)), stride=1),
        bl.MaxPool2d(2, 1, padding=((1, 0), (0, 1))),
        bl.MaxPool2d((2, 1), 1),
        bl.MaxPool2d((1, 2), 1),
    ],
    "max pools of several kernels": [bl.MaxPool2d(2), bl.MaxPool2d(3, padding=1)],
    "avg pool": [bl.AvgPool2d(2)],
    "avg pool with padding": [bl.AvgPool2d(3, stride=2, padding=1)],
    "avg pool that counts real inputs": [bl.AvgPool2d(3, 2, padding=1, count_include_pad=False)],
    "avg pools that differ": [bl.AvgPool2d(2, 1), bl.AvgPool2d(2)],
    "avg pools that count real inputs, the first of which has no others": [
        bl.AvgPool2d(2, 1, count_include_pad=False),
        bl.AvgPool2d(2, 1, padding=1, count_include_pad=False),
    ],
    "avg pools that count real inputs and differ in everything": [
        bl.AvgPool2d(3, 1, padding=2, count_include_pad=False),
        bl.AvgPool2d(1, 3, padding="same", count_include_pad=False),
        bl.AvgPool2d(2, 1, padding=1, count_include_pad=False),
    ],
    "batch norm": [bl.Conv2d(3, 2), bl.BatchNorm2d(), bl.ReLU()],
    "batch norms that differ": [bl.BatchNorm2d(), bl.Conv2d(3, 2), bl.BatchNorm2d(eps=0.1)],
    "batch norm first": [bl.BatchNorm2d(momentum=0.3)],
    "dropout": [bl.Conv2d(3, 2), bl.Dropout(0.4)],
    "dropouts that differ": [bl.Dropout(0.25), bl.Conv2d(3, 2), bl.Dropout(0.5)],
    "prelu": [bl.PReLU(), bl.Conv2d(2, 2), bl.PReLU(shared=True)],
    "leaky relus that differ": [bl.LeakyReLU(0.1), bl.Conv2d(2, 2), bl.LeakyReLU(0.3)],
    "slopes of many digits": [bl.LeakyReLU(0.123456789), bl.Conv2d(2, 2), bl.LeakyReLU(1 / 3)],
    "elus that differ": [bl.ELU(), bl.Conv2d(2, 2), bl.ELU(0.5)],
    "add": [bl.Conv2d(4, 1), bl.ReLU(), bl.Conv2d(4, 3, padding=1), bl.Add("relu1")],
    "adds that differ": [bl.Conv2d(4, 1), bl.Add("input"), bl.Add("conv1", "input")],
    "add of twice the same": [bl.Conv2d(2, 1), bl.Add("conv1")],
    "concat": [bl.Conv2d(2, 1), bl.Concat("input"), bl.Concat("conv1", "conv1")],
    "branches": [
        bl.Conv2d(3, 3, padding=1, name="left"),
        bl.Conv2d(3, 1, inputs="input", name="right-hand"),
        bl.Add("left"),
        bl.ReLU(),
        bl.Conv2d(3, 1, inputs="add1"),
        bl.Add("relu1"),
    ],
    "read by several": [bl.Conv2d(3, 2), bl.ReLU(), bl.Tanh(inputs="conv1"), bl.Add("relu1")],
}
OF_ROWS: dict[str, list[Layer]] = {
    "dense": [bl.Flatten(), bl.Dense(5), bl.ReLU(), bl.Dense(3)],
    "dense without bias": [bl.Flatten(), bl.Dense(4, bias=False), bl.Dense(3)],
    "flatten twice": [bl.Flatten(), bl.Flatten(), bl.Dense(3)],
    "global avg pool": [bl.Conv2d(3, 2), bl.GlobalAvgPool2d()],
    "dropout of rows": [bl.Flatten(), bl.Dropout(0.3), bl.Dense(3)],
    "prelu of rows": [bl.Flatten(), bl.Dense(4), bl.PReLU(), bl.Dense(3), bl.PReLU(shared=True)],
    "concat of rows": [
        bl.GlobalAvgPool2d(),
        bl.Flatten(inputs="input"),
        bl.Concat("globalavgpool1"),
        bl.Dense(3),
    ],
    "add of rows": [bl.Flatten(), bl.Dense(3), bl.Dense(3), bl.Add("dense1")],
}
ACTIVATIONS = [
    each for each in bl.layers.LAYERS.values() if getattr(each, "family", "") == "activation"
]
WITHOUT_WEIGHTS: list[Layer] = [bl.MaxPool2d(2), bl.ReLU(), bl.GlobalAvgPool2d()]


def network(layers: list[Layer], shape: Shape = (4, 6, 5), seed: int = 1) -> bl.Network:
    """A network in which no number is still what it was at the start, such as a bias of 0."""
    net = bl.Network(shape, layers, engine="pure", seed=seed)
    for name, array in net.parameters.items():
        for place in range(array.size):
            array.flat[place] += 0.05 * ((7 * place + len(name)) % 11 - 4)
    for name, array in net.buffers.items():
        start = 0.5 if name.endswith("variance") else -0.2
        for place in range(array.size):
            array.flat[place] = start + 0.25 * (place % 3)
    net.normalization = bl.Normalization((0.4,) * shape[0], (0.3,) * shape[0])
    return net


def examples() -> dict[str, list[Layer]]:
    """Every layer with every option, by name."""
    found = {name: [*layers, bl.Flatten(), bl.Dense(3)] for name, layers in OF_MAPS.items()}
    for kind in ACTIVATIONS:
        found[kind.__name__] = [bl.Conv2d(3, 2), kind(), bl.Flatten(), bl.Dense(3), kind()]
    return {**found, **OF_ROWS}


@st.composite
def networks(draw: st.DrawFn) -> bl.Network:
    """Any small network: maps, branches that meet again, then rows."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(3, 7), st.integers(3, 7)))
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 6))):
        layers = _longer(draw, shape, layers)
    graph = Graph(shape, layers) if layers else None
    if graph is None or len(graph.output_shape) == 3:
        layers.append(draw(st.sampled_from([bl.Flatten(), bl.GlobalAvgPool2d()])))
    for _ in range(draw(st.integers(0, 2))):
        layers = _longer(draw, shape, layers)
    layers.append(bl.Dense(draw(st.integers(2, 4)), bias=draw(st.booleans())))
    return network(layers, shape, draw(st.integers(0, 3)))


def _longer(draw: st.DrawFn, shape: Shape, layers: list[Layer]) -> list[Layer]:
    """One layer more, if it fits."""
    more = [*layers, draw(_layer(len(layers), _names(shape, layers)))]
    try:
        Graph(shape, more)
    except BacklitError:
        return layers
    return more


def _names(shape: Shape, layers: list[Layer]) -> list[str]:
    return ["input", *([node.name for node in Graph(shape, layers)] if layers else [])]


@st.composite
def _layer(draw: st.DrawFn, number: int, names: list[str]) -> Layer:
    ints, pairs = st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))
    size = st.one_of(ints, pairs)
    padding = st.one_of(
        st.integers(0, 2),
        st.sampled_from(["same", "valid"]),
        st.tuples(st.tuples(st.integers(0, 2), st.integers(0, 2)), pairs),
    )
    window = {"stride": size, "padding": padding}
    groups = draw(st.integers(1, 2))
    kinds = [
        st.builds(
            bl.Conv2d,
            st.integers(1, 2).map(lambda filters: filters * groups),
            size,
            **window,
            dilation=size,
            groups=st.just(groups),
            bias=st.booleans(),
        ),
        st.builds(bl.MaxPool2d, size, stride=st.one_of(st.none(), size), padding=padding),
        st.builds(
            bl.AvgPool2d,
            size,
            stride=st.one_of(st.none(), size),
            padding=padding,
            count_include_pad=st.booleans(),
        ),
        st.builds(bl.BatchNorm2d, eps=st.sampled_from([1e-5, 1e-3])),
        st.builds(bl.Dropout, st.sampled_from([0.0, 0.3, 0.5])),
        st.builds(bl.Dense, st.integers(1, 4), bias=st.booleans()),
        st.sampled_from(ACTIVATIONS).map(lambda kind: kind()),
        st.builds(bl.LeakyReLU, st.sampled_from([0.1, 0.3])),
        st.builds(bl.PReLU, shared=st.booleans()),
        st.lists(st.sampled_from(names), min_size=1, max_size=2).map(lambda n: bl.Add(*n)),
        st.lists(st.sampled_from(names), min_size=1, max_size=2).map(lambda n: bl.Concat(*n)),
    ]
    layer: Layer = draw(st.one_of(*kinds))
    return layer
