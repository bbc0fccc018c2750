"""How the programs of the zoo are called: a few statements for each style of writing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """How programs of one style are called, and what they can be asked for.

    Attributes:
        operation: what they compute.
        style: how they are written.
        layout: how tensors go in and come back, one of ``calling.LAYOUTS``.
        script: the statements.  FUNCTION and METHOD stand for the names in the program; arguments
            and results have the short names of ``probes``.
        results: what the statements leave.
        takes: what they can be asked for beyond the plainest case.
    """

    operation: str
    style: str
    layout: str
    script: str
    results: tuple[str, ...]
    takes: tuple[str, ...] = ()


# What a convolution or a pool may be asked for, in bundles.
PLAIN = ("images", "channels", "filters", "kernel not square", "kernel not 3")
SPATIAL = (*PLAIN, "stride", "padding")
EVERYTHING = (*SPATIAL, "unequal options", "dilation", "groups")
POOL = ("images", "channels", "kernel not 2", "kernel not square", "stride not kernel")

CALLS: dict[str, Call] = {
    "cs231n conv": Call(
        operation="conv2d",
        style="NumPy slices, (dout, cache)",
        layout="arrays",
        script=(
            'y, cache = conv_forward_naive(x, w, b, {"stride": s, "pad": p})\n'
            "dx, dw, db = FUNCTION(dy, cache)"
        ),
        results=("y", "dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "coursera conv": Call(
        operation="conv2d",
        style="NumPy slices, NHWC, hparameters",
        layout="nhwc",
        script=(
            'y, cache = conv_forward(x, w, b, {"stride": s, "pad": p})\n'
            "dx, dw, db = FUNCTION(dy, cache)"
        ),
        results=("y", "dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "im2col conv": Call(
        operation="conv2d",
        style="im2col, class",
        layout="arrays",
        script=(
            "layer = FUNCTION(w, b, s, p)\n"
            "y = layer.forward(x)\n"
            "dx = layer.METHOD(dy)\n"
            "dw, db = layer.dW, layer.db"
        ),
        results=("y", "dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "strided conv": Call(
        operation="conv2d",
        style="as_strided, einsum",
        layout="arrays",
        script="dx, dw, db = FUNCTION(dy, x, w, stride=s, padding=p)",
        results=("dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "lists conv": Call(
        operation="conv2d",
        style="lists, plain loops",
        layout="lists",
        script="dx, dw, db = FUNCTION(dy, x, w, s, p, d, g)",
        results=("dx", "dw", "db"),
        takes=EVERYTHING,
    ),
    "plainest conv": Call(
        operation="conv2d",
        style="lists, plain loops, stride 1 only",
        layout="lists",
        script=("y = conv_forward(x, w, b)\ndw, db, dx = FUNCTION(x, w, dy)"),
        results=("y", "dw", "db", "dx"),
        takes=PLAIN,
    ),
    "flat conv": Call(
        operation="conv2d",
        style="one grey image, NumPy, full correlation",
        layout="hw",
        script="dw, db, dx = FUNCTION(x, w, dy)",
        results=("dw", "db", "dx"),
        takes=("kernel not square", "kernel not 3"),
    ),
    "self-updating conv": Call(
        operation="conv2d",
        style="class that updates itself, one image, full convolution",
        layout="chw",
        script=(
            "layer = FUNCTION((C, H, W), KH, O)\n"
            "layer.kernels, layer.biases = w.copy(), b.copy()\n"
            "y = layer.forward(x)\n"
            "dx = layer.METHOD(dy, 0.5)\n"
            "dw, db = (w - layer.kernels) / 0.5, (b - layer.biases) / 0.5"
        ),
        results=("y", "dx", "dw", "db"),
        takes=("channels", "filters", "kernel not 3"),
    ),
    "grey conv": Call(
        operation="conv2d",
        style="class, grey picture, 3x3, weights only",
        layout="grey",
        script=(
            "layer = FUNCTION(O)\nlayer.filters = w.copy()\nlayer.forward(x)\ndw = layer.METHOD(dy)"
        ),
        results=("dw",),
        takes=("filters",),
    ),
    "spread conv": Call(
        operation="conv2d",
        style="spread error, correlation with the turned filter, input only",
        layout="arrays",
        script="dx = FUNCTION(dy, w, x.shape, s, p)",
        results=("dx",),
        takes=SPATIAL,
    ),
    "taps conv": Call(
        operation="conv2d",
        style="NumPy, one product for each place of the filter, dictionary of gradients",
        layout="arrays",
        script=(
            "grads = FUNCTION(dy, x, w, stride=s, padding=p, dilation=d)\n"
            'dx, dw, db = grads["dX"], grads["dW"], grads["db"]'
        ),
        results=("dx", "dw", "db"),
        takes=(
            *SPATIAL,
            "unequal options",
            "dilation",
        ),
    ),
    "grouped conv": Call(
        operation="conv2d",
        style="NumPy, einsum for each position, groups",
        layout="arrays",
        script="dw, db, dx = FUNCTION(dy, x, w, b, s, p, g)",
        results=("dw", "db", "dx"),
        takes=(
            *SPATIAL,
            "groups",
        ),
    ),
    "context conv": Call(
        operation="conv2d",
        style="static methods with a context, einsum, without bias",
        layout="arrays",
        script=("ctx = Context()\nFUNCTION.forward(ctx, x, w)\ndx, dw = FUNCTION.METHOD(ctx, dy)"),
        results=("dx", "dw"),
        takes=PLAIN,
    ),
    "explicit conv": Call(
        operation="conv2d",
        style="class with explicit loops over arrays",
        layout="arrays",
        script=(
            "conv = FUNCTION(C, O, k, stride=s, padding=p)\n"
            "conv.weight, conv.bias = w, b\n"
            "y = conv.forward(x)\n"
            "dx = conv.METHOD(dy)\n"
            "dw, db = conv.weight_grad, conv.bias_grad"
        ),
        results=("y", "dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "weights of lists": Call(
        operation="conv2d",
        style="lists, one map, weights only",
        layout="hw lists",
        script="dw = FUNCTION(x, dy, KH)",
        results=("dw",),
        takes=("kernel not 3",),
    ),
    "gathering lists": Call(
        operation="conv2d",
        style="lists, gathering, input only",
        layout="lists",
        script="dx = FUNCTION(dy, w, H, W, s, p)",
        results=("dx",),
        takes=SPATIAL,
    ),
    "index conv": Call(
        operation="conv2d",
        style="index arrays and np.add.at, bias as a column",
        layout="arrays",
        script=(
            "y, cache = conv_forward(x, w, b, stride=s, padding=p)\n"
            "dx, dw, db = FUNCTION(dy, cache)\n"
            "db = db.reshape(-1)"
        ),
        results=("y", "dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "channels last conv": Call(
        operation="conv2d",
        style="NumPy float32, NHWC, tensordot, dictionaries",
        layout="nhwc, plain bias",
        script=(
            "y, cache = conv2d(x, w, b, s)\n"
            "grads = FUNCTION(dy, cache)\n"
            'dx, dw, db = grads["inputs"], grads["kernel"], grads["bias"]'
        ),
        results=("y", "dx", "dw", "db"),
        takes=(
            *PLAIN,
            "stride",
        ),
    ),
    "padded outside conv": Call(
        operation="conv2d",
        style="sliding_window_view, dictionaries, padded by the caller",
        layout="arrays",
        script=(
            "ph, pw = p if isinstance(p, tuple) else (p, p)\n"
            "wide = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))\n"
            'dwide, grads = FUNCTION({"W": w, "b": b}, {"x": wide}, dy)\n'
            "dx = dwide[:, :, ph : ph + H, pw : pw + W]\n"
            'dw, db = grads["W"], grads["b"]'
        ),
        results=("dx", "dw", "db"),
        takes=(
            *PLAIN,
            "padding",
        ),
    ),
    "fold conv": Call(
        operation="conv2d",
        style="PyTorch tensors, unfold and fold",
        layout="tensors",
        script="dx, dw, db = FUNCTION(dy, x, w, s, p)",
        results=("dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "unfold conv": Call(
        operation="conv2d",
        style="PyTorch tensors, class, unfold as a view",
        layout="tensors",
        script=(
            "layer = FUNCTION(w, b)\n"
            "y = layer.forward(x)\n"
            "dx = layer.METHOD(dy)\n"
            "dw, db = layer.grad_weight, layer.grad_bias"
        ),
        results=("y", "dx", "dw", "db"),
        takes=PLAIN,
    ),
    "cs231n max pool": Call(
        operation="max_pool2d",
        style="NumPy slices, (dout, cache), argmax",
        layout="arrays",
        script=(
            'options = {"pool_height": KH, "pool_width": KW, "stride": s}\n'
            "y, cache = max_pool_forward_naive(x, options)\n"
            "dx = FUNCTION(dy, cache)"
        ),
        results=("y", "dx"),
        takes=POOL,
    ),
    "lists max pool": Call(
        operation="max_pool2d",
        style="lists, plain loops, padding",
        layout="lists",
        script="dx = FUNCTION(x, dy, KH, s, p)",
        results=("dx",),
        takes=("images", "channels", "kernel not 2", "stride not kernel", "padding"),
    ),
    "block max pool": Call(
        operation="max_pool2d",
        style="class, reshape and put_along_axis, no overlap",
        layout="arrays",
        script=("pool = FUNCTION(k)\ny = pool.forward(x)\ndx = pool.METHOD(dy)"),
        results=("y", "dx"),
        takes=("images", "channels"),
    ),
    "coursera max pool": Call(
        operation="max_pool2d",
        style="NumPy slices, NHWC, hparameters, two modes",
        layout="nhwc",
        script='dx = FUNCTION(dy, (x, {"stride": s, "f": KH}), mode="max")',
        results=("dx",),
        takes=("images", "channels", "kernel not 2", "stride not kernel"),
    ),
    "coursera average pool": Call(
        operation="avg_pool2d",
        style="NumPy slices, NHWC, hparameters, two modes",
        layout="nhwc",
        script='dx = FUNCTION(dy, (x, {"stride": s, "f": KH}), mode="average")',
        results=("dx",),
        takes=("images", "channels", "kernel not 2", "stride not kernel"),
    ),
    "flat max pool": Call(
        operation="max_pool2d",
        style="lists, one map, places kept by the forward pass",
        layout="hw lists",
        script=("y, places = forward(x, KH)\ndx = FUNCTION(dy, places, H, W)"),
        results=("y", "dx"),
    ),
    "windows max pool": Call(
        operation="max_pool2d",
        style="sliding_window_view and np.add.at, float32",
        layout="float32",
        script="dx = FUNCTION(x, dy, k, s)",
        results=("dx",),
        takes=(
            *POOL,
            "unequal options",
        ),
    ),
    "lists average pool": Call(
        operation="avg_pool2d",
        style="lists, plain loops, padding",
        layout="lists",
        script=("y = avg_pool(x, KH, s, p)\ndx = FUNCTION(dy, x, KH, s, p)"),
        results=("y", "dx"),
        takes=("images", "channels", "kernel not 2", "stride not kernel", "padding"),
    ),
    "callable average pool": Call(
        operation="avg_pool2d",
        style="class with __call__, NumPy, places of the window",
        layout="arrays",
        script=("pool = FUNCTION(KH, s)\ny = pool(x)\ndx = pool.METHOD(dy)"),
        results=("y", "dx"),
        takes=("images", "channels", "kernel not 2", "stride not kernel"),
    ),
    "real count average pool": Call(
        operation="avg_pool2d",
        style="NumPy slices, the padding not counted",
        layout="arrays",
        script="dx = FUNCTION(dy, x, k, s, p)",
        results=("dx",),
        takes=("images", "channels", "kernel not 2", "stride not kernel", "real count"),
    ),
    "global pool": Call(
        operation="global_avg_pool2d",
        style="NumPy, broadcast",
        layout="arrays",
        script="dx = FUNCTION(dy, x)",
        results=("dx",),
        takes=("images",),
    ),
    "cs231n dense": Call(
        operation="dense",
        style="NumPy, (dout, cache), weights (inputs, units)",
        layout="inputs first",
        script=("y, cache = affine_forward(x, w, b)\ndx, dw, db = FUNCTION(dy, cache)"),
        results=("y", "dx", "dw", "db"),
        takes=("images",),
    ),
    "lists dense": Call(
        operation="dense",
        style="lists, plain loops, dictionary",
        layout="lists",
        script=('grads = FUNCTION(dy, x, w)\ndx, dw, db = grads["dx"], grads["dw"], grads["db"]'),
        results=("dx", "dw", "db"),
        takes=("images",),
    ),
    "columns dense": Call(
        operation="dense",
        style="NumPy, an example in each column",
        layout="columns",
        script="dx, dw, db = FUNCTION(dy, (x, w, b))",
        results=("dx", "dw", "db"),
        takes=("images",),
    ),
    "self-updating dense": Call(
        operation="dense",
        style="class that updates itself",
        layout="arrays",
        script=(
            "layer = FUNCTION(w.copy(), b.copy())\n"
            "y = layer.forward(x)\n"
            "dx = layer.METHOD(dy)\n"
            "dw, db = layer.grad_w, layer.grad_b"
        ),
        results=("y", "dx", "dw", "db"),
        takes=("images",),
    ),
    "tensors dense": Call(
        operation="dense",
        style="PyTorch tensors, einsum",
        layout="tensors",
        script="dx, dw, db = FUNCTION(dy, x, w)",
        results=("dx", "dw", "db"),
        takes=("images",),
    ),
    "graph dense": Call(
        operation="dense",
        style="nodes of a graph that pull errors back",
        layout="inputs first",
        script=(
            "a, f, c = Node(x), Node(w), Node(b)\n"
            "out = FUNCTION(a, f, c)\n"
            "out.backward(dy)\n"
            "y, dx, dw, db = out.value, a.grad, f.grad, c.grad"
        ),
        results=("y", "dx", "dw", "db"),
        takes=("images",),
    ),
    "graph relu": Call(
        operation="relu",
        style="nodes of a graph that pull errors back",
        layout="arrays",
        script="a = Node(x)\nout = FUNCTION(a)\nout.backward(dy)\ny, dx = out.value, a.grad",
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "relu pair": Call(
        operation="relu",
        style="NumPy, (dout, cache)",
        layout="arrays",
        script=("y, cache = relu_forward(x)\ndx = FUNCTION(dy, cache)"),
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "relu lists": Call(
        operation="relu",
        style="lists, recursive",
        layout="lists",
        script="y, dx = relu(x), FUNCTION(dy, x)",
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "leaky class": Call(
        operation="leaky_relu",
        style="class, np.where",
        layout="arrays",
        script=("layer = FUNCTION()\ny = layer.forward(x)\ndx = layer.METHOD(dy)"),
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "sigmoid class": Call(
        operation="sigmoid",
        style="class that keeps its output",
        layout="arrays",
        script=("layer = FUNCTION()\ny = layer.forward(x)\ndx = layer.METHOD(dy)"),
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "sigmoid lists": Call(
        operation="sigmoid",
        style="lists, rows",
        layout="lists",
        script="dx = FUNCTION(dy, x)",
        results=("dx",),
        takes=("kink", "large"),
    ),
    "tanh of output": Call(
        operation="tanh",
        style="NumPy, from the output",
        layout="arrays",
        script=("y = tanh_forward(x)\ndx = FUNCTION(dy, y)"),
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "elu prime": Call(
        operation="elu",
        style="NumPy, derivative as a function",
        layout="arrays",
        script="y, dx = elu(x), FUNCTION(dy, x)",
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "swish context": Call(
        operation="silu",
        style="static methods with a dictionary",
        layout="arrays",
        script=("ctx = {}\ny = FUNCTION.forward(ctx, x)\ndx = FUNCTION.METHOD(ctx, dy)"),
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "gelu rows": Call(
        operation="gelu",
        style="NumPy, erf by np.vectorize",
        layout="arrays",
        script="dx = FUNCTION(dy, x)",
        results=("dx",),
        takes=("maps", "kink", "large"),
    ),
    "softplus together": Call(
        operation="softplus",
        style="NumPy, value and gradient together",
        layout="arrays",
        script="y, dx = FUNCTION(x, dy)",
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "cs231n batch norm": Call(
        operation="batch_norm2d",
        style="NumPy, rows, (dout, cache), in steps",
        layout="no maps",
        script=(
            'y, cache = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})\n'
            "dx, dgamma, dbeta = FUNCTION(dy, cache)"
        ),
        results=("y", "dx", "dgamma", "dbeta"),
        takes=("eps",),
    ),
    "batch norm class": Call(
        operation="batch_norm2d",
        style="class, maps, the short formula",
        layout="arrays",
        script=(
            "bn = FUNCTION(gamma, beta, eps)\n"
            "y = bn.forward(x)\n"
            "dx = bn.METHOD(dy)\n"
            "dgamma, dbeta = bn.dgamma, bn.dbeta"
        ),
        results=("y", "dx", "dgamma", "dbeta"),
        takes=("maps", "eps"),
    ),
    "lists batch norm": Call(
        operation="batch_norm2d",
        style="lists, rows, other order",
        layout="no maps, lists",
        script="dgamma, dbeta, dx = FUNCTION(dy, x, gamma, eps)",
        results=("dgamma", "dbeta", "dx"),
        takes=("eps",),
    ),
    "loss together": Call(
        operation="softmax_cross_entropy",
        style="NumPy, loss and gradient together, labels",
        layout="arrays",
        script="loss, dx = FUNCTION(x, labels)",
        results=("loss", "dx"),
        takes=("images",),
    ),
    "lists loss": Call(
        operation="softmax_cross_entropy",
        style="lists, labels",
        layout="lists",
        script="dx = FUNCTION(x, labels)",
        results=("dx",),
        takes=("images",),
    ),
    "one-hot loss": Call(
        operation="softmax_cross_entropy",
        style="class, one-hot targets",
        layout="arrays",
        script=("head = FUNCTION()\nloss = head.forward(x, onehot)\ndx = head.METHOD()"),
        results=("loss", "dx"),
        takes=("images",),
    ),
    "sgd function": Call(
        operation="sgd",
        style="function, new weights",
        layout="arrays",
        script=("for g in gradients:\n    w = FUNCTION(w, g, lr, decay)"),
        results=("w",),
        takes=("decay",),
    ),
    "sgd in place": Call(
        operation="sgd",
        style="lists, in place",
        layout="lists",
        script=("for g in gradients:\n    FUNCTION(w, g, lr)"),
        results=("w",),
    ),
    "momentum class": Call(
        operation="momentum",
        style="class, dictionaries, in place",
        layout="arrays",
        script=(
            'optimizer, params = FUNCTION(lr, momentum), {"W": w}\n'
            "for g in gradients:\n"
            '    optimizer.METHOD(params, {"W": g})\n'
            'w = params["W"]'
        ),
        results=("w",),
    ),
    "adam config": Call(
        operation="adam",
        style="function with a config dictionary",
        layout="arrays",
        script=(
            'config = {"learning_rate": lr, "beta1": 0.9, "beta2": 0.999, "epsilon": eps}\n'
            "for g in gradients:\n"
            "    w, config = FUNCTION(w, g, config)"
        ),
        results=("w",),
        takes=("eps",),
    ),
    "adam with arrays": Call(
        operation="adam",
        style="function, averages and count passed and given back",
        layout="arrays",
        script=(
            "m, v = np.zeros_like(w), np.zeros_like(w)\n"
            "for t, g in enumerate(gradients, 1):\n"
            "    w, m, v = FUNCTION(w, g, m, v, t, lr, eps=eps)"
        ),
        results=("w",),
        takes=("eps",),
    ),
    "adam with arrays in place": Call(
        operation="adam",
        style="function that changes weights and averages in place",
        layout="arrays",
        script=(
            "m, v = np.zeros_like(w), np.zeros_like(w)\n"
            "for t, g in enumerate(gradients, 1):\n"
            "    FUNCTION(w, g, m, v, t, lr, eps=eps)"
        ),
        results=("w",),
        takes=("eps",),
    ),
    "adam by layers": Call(
        operation="adam",
        style="dictionaries of layers, W1 and dW1, averages passed and given back",
        layout="arrays",
        script=(
            'parameters = {"W1": w, "b1": w[0]}\n'
            'v, s = ({"dW1": 0 * w, "db1": 0 * w[0]} for _ in range(2))\n'
            "for t, g in enumerate(gradients, 1):\n"
            '    grads = {"dW1": g, "db1": g[0]}\n'
            "    parameters, v, s = FUNCTION(parameters, grads, v, s, t, lr, epsilon=eps)\n"
            'w = parameters["W1"]'
        ),
        results=("w",),
        takes=("eps",),
    ),
    "momentum with lists": Call(
        operation="momentum",
        style="function, lists, velocity passed and changed in place",
        layout="lists",
        script=(
            "v = [[0.0] * len(row) for row in w]\n"
            "for g in gradients:\n"
            "    FUNCTION(w, g, v, lr, momentum)"
        ),
        results=("w",),
    ),
    "momentum with new lists": Call(
        operation="momentum",
        style="function, lists, velocity passed and given back",
        layout="lists",
        script=(
            "v = [[0.0] * len(row) for row in w]\n"
            "for g in gradients:\n"
            "    w, v = FUNCTION(w, g, v, lr, momentum)"
        ),
        results=("w",),
    ),
    "adamw lists": Call(
        operation="adamw",
        style="class, lists, in place",
        layout="lists",
        script=("optimizer = FUNCTION(lr, decay)\nfor g in gradients:\n    optimizer.METHOD(w, g)"),
        results=("w",),
        takes=("decay",),
    ),
    "activation by name": Call(
        operation="tanh",
        style="NumPy, a name decides which activation",
        layout="arrays",
        script='y = act(x, "tanh")\ndx = FUNCTION(dy, x, "tanh")',
        results=("y", "dx"),
        takes=("maps", "kink"),
    ),
    "activation class by name": Call(
        operation="leaky_relu",
        style="class whose name argument decides which activation",
        layout="arrays",
        script='layer = FUNCTION("leaky_relu")\ny = layer.forward(x)\ndx = layer.METHOD(dy)',
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "pullback conv": Call(
        operation="conv2d",
        style="output and backward function given back together",
        layout="arrays",
        script="y, back = FUNCTION(x, w, b, s)\ndx, dw, db = back(dy)",
        results=("y", "dx", "dw", "db"),
        takes=(
            *PLAIN,
            "stride",
        ),
    ),
    "pullback dense": Call(
        operation="dense",
        style="lists, output and backward function given back together",
        layout="lists",
        script="y, back = FUNCTION(x, w, b)\ndx, dw, db = back(dy)",
        results=("y", "dx", "dw", "db"),
        takes=("images",),
    ),
    "pullback relu": Call(
        operation="relu",
        style="output and a lambda given back together",
        layout="arrays",
        script="y, back = FUNCTION(x)\ndx = back(dy)",
        results=("y", "dx"),
        takes=("maps", "kink", "large"),
    ),
    "closure average pool": Call(
        operation="avg_pool2d",
        style="closures, NumPy slices, windows that are not square",
        layout="arrays",
        script=(
            "pair = lambda v: v if isinstance(v, tuple) else (v, v)\n"
            "forward, backward = FUNCTION(pair(k), pair(s))\n"
            "y = forward(x)\n"
            "dx = backward(x, dy)"
        ),
        results=("y", "dx"),
        takes=(
            *POOL,
            "unequal options",
        ),
    ),
    "network class": Call(
        operation="network",
        style="a whole network in one class",
        layout="arrays",
        script=(
            "net = FUNCTION(w1, b1, w2, b2)\n"
            "loss = net.loss(x, labels)\n"
            'dw1, db1, dw2, db2 = (net.grads[name] for name in ("w1", "b1", "w2", "b2"))'
        ),
        results=("loss", "dw1", "db1", "dw2", "db2"),
        takes=("images",),
    ),
    "network lists": Call(
        operation="network",
        style="a whole network in one function of lists",
        layout="lists",
        script="loss, dw1, db1, dw2, db2 = FUNCTION(x, labels, w1, b1, w2, b2)",
        results=("loss", "dw1", "db1", "dw2", "db2"),
        takes=("images",),
    ),
    "matrix conv": Call(
        operation="conv2d",
        style="a matrix for the whole convolution, input only",
        layout="arrays",
        script="dx = FUNCTION(w, dy, x.shape[1:])",
        results=("dx",),
        takes=PLAIN,
    ),
    "arguments conv": Call(
        operation="conv2d",
        style="NumPy slices, NHWC, everything an argument, pairs",
        layout="nhwc",
        script=(
            "pair = lambda v: v if isinstance(v, tuple) else (v, v)\n"
            "dx, dw, db = FUNCTION(dy, x, w, b, padding=pair(p), stride=pair(s))"
        ),
        results=("dx", "dw", "db"),
        takes=(
            *SPATIAL,
            "unequal options",
        ),
    ),
    "autograd conv": Call(
        operation="conv2d",
        style="an operation of a small autograd engine, closures",
        layout="arrays",
        script=(
            "a, f, c = Tensor(x), Tensor(w), Tensor(b)\n"
            "out = FUNCTION(a, f, c, s)\n"
            "out.backward(dy)\n"
            "y, dx, dw, db = out.data, a.grad, f.grad, c.grad"
        ),
        results=("y", "dx", "dw", "db"),
        takes=(
            *PLAIN,
            "stride",
        ),
    ),
    "functional conv": Call(
        operation="conv2d",
        style="NumPy, a function for each gradient, all options",
        layout="arrays",
        script=(
            "dx = conv2d_input(x.shape, w, dy, s, p, d, g)\n"
            "dw = FUNCTION(x, w.shape, dy, s, p, d, g)"
        ),
        results=("dx", "dw"),
        takes=(
            *SPATIAL,
            "dilation",
            "groups",
        ),
    ),
    "picture conv": Call(
        operation="conv2d",
        style="NumPy slices, one picture, channels last",
        layout="hwc",
        script="dx, dw, db = FUNCTION(dy, x, w)",
        results=("dx", "dw", "db"),
        takes=("channels", "filters", "kernel not 3"),
    ),
    "forward conv": Call(
        operation="conv2d",
        style="lists, one map, forward only",
        layout="hw lists",
        script="y = FUNCTION(x, w, b, s)",
        results=("y",),
        takes=("kernel not square", "kernel not 3", "stride"),
    ),
    "forward conv of squares": Call(
        operation="conv2d",
        style="lists, one map, forward only, square filters",
        layout="hw lists",
        script="y = FUNCTION(x, w, b, s)",
        results=("y",),
        takes=("kernel not 3", "stride"),
    ),
    "squares": Call(
        operation="conv2d",
        style="lists, one map, square filters",
        layout="hw lists",
        script="dw, dx = FUNCTION(dy, x, w)",
        results=("dw", "dx"),
        takes=("kernel not 3",),
    ),
    "table of activations": Call(
        operation="tanh",
        style="lists, a table of activations",
        layout="lists",
        script=('y = activate("tanh", x)\ndx = FUNCTION("tanh", dy, x)'),
        results=("y", "dx"),
        takes=("kink", "large"),
    ),
    "softmax regression": Call(
        operation="softmax_cross_entropy",
        style="softmax regression in one function, one-hot targets",
        layout="arrays",
        script=("K = x.shape[1]\nloss, dw, db, dx = FUNCTION(np.eye(K), np.zeros(K), x, onehot)"),
        results=("loss", "dx"),
        takes=("images",),
    ),
    "softmax classifier": Call(
        operation="softmax_cross_entropy",
        style="softmax regression of W, X, y and a weight decay, labels",
        layout="arrays",
        # With a row of the unit matrix for each image the weights are its scores.
        script="loss, dx = FUNCTION(x, np.eye(len(x)), labels, 0.0)",
        results=("loss", "dx"),
        takes=("images",),
    ),
    "mask max pool": Call(
        operation="max_pool2d",
        style="NumPy, repeated outputs compared with the input",
        layout="arrays",
        script="dx = FUNCTION(dy, x, y, KH)",
        results=("dx",),
        takes=("images", "channels"),
    ),
    "kron average pool": Call(
        operation="avg_pool2d",
        style="NumPy, np.kron, no overlap",
        layout="arrays",
        script="dx = FUNCTION(dy, x, KH)",
        results=("dx",),
        takes=("images", "channels"),
    ),
    "element conv": Call(
        operation="conv2d",
        style="NumPy, element by element, no padded copy",
        layout="arrays",
        script="dx, dw, db = FUNCTION(x, w, dy, s, p)",
        results=("dx", "dw", "db"),
        takes=SPATIAL,
    ),
    "im2col max pool": Call(
        operation="max_pool2d",
        style="im2col, class with arg_max",
        layout="arrays",
        script=("pool = FUNCTION(KH, KW, s)\ny = pool.forward(x)\ndx = pool.METHOD(dy)"),
        results=("y", "dx"),
        takes=POOL,
    ),
    "lists global pool": Call(
        operation="global_avg_pool2d",
        style="lists, comprehensions",
        layout="lists",
        script="y, dx = gap_forward(x), FUNCTION(dy, x)",
        results=("y", "dx"),
        takes=("images",),
    ),
    "channels last batch norm": Call(
        operation="batch_norm2d",
        style="NumPy, NHWC, dictionary of gradients",
        layout="nhwc",
        script=(
            "grads = FUNCTION(dy, x, gamma.reshape(-1), eps)\n"
            'dx, dgamma, dbeta = grads["x"], grads["gamma"], grads["beta"]'
        ),
        results=("dx", "dgamma", "dbeta"),
        takes=("maps", "eps"),
    ),
}
