"""What people call things: operations, directions and arguments, as patterns of words.

Names are compared in words: ``dL_dOut`` is "d l d out".  Patterns are separated by commas.
"""

from __future__ import annotations

from backlit.layers.activation import Activation


def either(text: str) -> str:
    """One pattern for any of several, which commas separate."""
    return "|".join(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


# Every activation by the name that its equations have; a new layer is known here at once.
ACTIVATIONS: dict[str, Activation] = {
    layer.stated_by((), training=False)[0](**layer.options).name: layer
    for layer in (kind() for kind in Activation.__subclasses__())
}
OTHER_NAMES = {"leaky_relu": r"leaky, \blrelu", "sigmoid": "logistic", "silu": "swish"}


def _activations() -> list[tuple[str, str]]:
    """Their patterns; a long name first, since others end like it, and a short one as a word."""
    found = []
    for name in sorted((*ACTIVATIONS, "prelu"), key=len, reverse=True):
        spelled = " ?".join(name.replace("_", ""))
        alone = rf"\b{spelled}\b" if len(name) < len("relu") else spelled
        found.append((name, f"{alone}, {OTHER_NAMES.get(name, '')}"))
    return found


# The first whose pattern is found in a name.
OPERATIONS: tuple[tuple[str, str], ...] = tuple(
    (name, either(text))
    for name, text in (
        ("batch_norm2d", r"batch ?norm, \bbn\b, \bbn2d\b"),
        (
            "softmax_cross_entropy",
            r"""cross ?entropy, softmax (with )?(loss|ce), softmaxce, \bxent\b,
            softmax .*(backward|grad), \bce\b, \bnll\b""",
        ),
        ("softmax", r"softmax"),
        ("global_avg_pool2d", r"\bgap\b, global (avg|average|mean)? ?pool"),
        ("max_pool2d", r"max ?pool, pool(ing)?( layer)? max"),
        ("avg_pool2d", r"(avg|average|mean) ?pool, pool(ing)?( layer)? (avg|average|mean)"),
        ("pool", r"pool, subsampl"),
        ("conv2d", r"conv, correlat"),
        *_activations(),
        ("adamw", r"\badam ?w\b"),
        ("adam", r"\badam"),
        ("rmsprop", r"rms ?prop"),
        ("nesterov", r"nesterov"),
        ("momentum", r"momentum"),
        ("sgd", r"\bsgd\b, gradient descent"),
        ("dense", r"dense, affine, linear, fully ?connected, \bfc\b"),
    )
)
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")

BACKWARD = either(
    r"""backwards?, \bvjp\b,
    backprop(agate|agation)?, \bback\b, \bbwd\b, \bgrads?\b, gradients?, \bbp\b,
    \bd[xwb]\b, \bd (input|filters?|weights?|kernel|bias|x|w|b)\b"""
)
DERIVATIVE = either(r"derivative, \bprime\b, \bderiv, \bslope\b")
FORWARD = either(r"forward, \bfwd\b, \bff\b")

# Helpers that have an operation's name in theirs.
HELPER = either(
    r"""\bsingle step\b, \bstep\b, \bsize\b, \bshape\b, indices, im2col, col2im, \btests?\b,
    \bcheck, \binit, \bstat(istic)?s\b, helper, demo, \bmain\b, plot, numeric, regions?,
    \bpad\b, \bmask\b, flatten, distribute,
    \bunpad\b, \bout(put)? dims?\b, \bwindows?\b, \breference\b, \bparams?\b, \bshow,
    \bprint"""
)

# Of a gradient function: whose gradient its name speaks of.
OF_WEIGHT = either(
    r"""\bdw\b, \bd ?(filters?|weights?|kernels?|w|gamma)\b,
    (filters?|weights?|kernels?|\bw\b) ?(grad|backward|back),
    (grads?|gradients?|wrt|backward|conv2?d?) (w|weights?|filters?|kernels?)\b"""
)
OF_BIAS = either(
    r"\bdb\b, \bd ?bias, bias ?(grad|backward), (grads?|gradients?|backward) (b|bias)\b"
)
OF_INPUT = either(
    r"""\bdx\b, \bd ?(input|x)\b, (input|\bx\b) ?(grad|backward|error),
    (grads?|gradients?|wrt|backward|conv2?d?) (x|inputs?)\b"""
)

# Of a returned array: which gradient its name in a dictionary, or its attribute, stands for.
KEY_OF_WEIGHT = either(
    r"""[dg] ?(w|weights?|filters?|kernels?|gamma)\d?, grads? ?(w|weights?|gamma|filters?|kernels?),
    (w|weights?|filters?|gamma|kernels?) ?grads?, w\d?, weights?, gamma, filters?"""
)
KEY_OF_BIAS = either(
    r"""[dg] ?(b|bias|biases|beta)\d?, grads? ?(b|bias|biases|beta), (b|bias|biases|beta) ?grads?,
    b\d?, bias(es)?, beta"""
)
KEY_OF_INPUT = either(
    r"""[dg] ?(x|inputs?|images?|a|a ?prev|z)\d?, grads? ?(x|inputs?), (x|inputs?) ?grads?, x,
    inputs?"""
)

# Arguments.
X = either(
    r"""x, a ?prev, inputs?, images?, imgs?, data, last ?input, im, in ?maps?, x ?in, x ?prev,
    pixels?, picture, (input )?feature ?maps?, inp, volume, layer ?input,
    input (image|data|map|volume|batch|feature)s?, batch, a, v, h ?prev, prev( ?a)?,
    saved input, x ?(saved|cached?)"""
)
DY = either(
    r"""d ?(y|z|a|h|o|s|output|outputs|next|up|upstream|scores|values?|l|loss), d ?out\w*,
    grads?, gradients?, grad ?(out|output|y|z|a|h)\w*,
    (out|output|upstream|top|next|incoming) ?(grads?|gradients?|errors?|deltas?|diffs?),
    g, gy, gout, delta\w*, errs?, errors?, error ?(out|y|output), upstream,
    d ?l ?d ?(out\w*|y|z|o|a), d ?l ?(out|y|z), d ?value ?s?, top ?diff, d ?y ?d ?out"""
)
W = either(r"w, weights?, kernels?, filters?, filt, wt, theta, conv ?filters?, k, f, w ?mat")
B = either(r"b, bias(es)?")
STRIDE = either(r"strides?, s, stride ?(h|w|x|y)?, step")
PADDING = either(r"pad(ding)?s?, p, pad ?(h|w|size|width), zero ?pad")
DILATION = either(r"dilations?, dilation ?rate, d, dil, rate")
GROUPS = either(r"groups?, g, n ?groups?, num ?groups?")
KERNEL = either(
    r"""(pool|kernel|window|filter|k)( ?size)?, size, k, f, hh, ww,
    (pool|kernel|k|window) ?(h|w|height|width)"""
)
OPTIONS = either(
    r"""conv ?params?, pool ?params?, bn ?params?, h ?parameters?, h ?params?,
    hyper ?parameters?, options?, opts?, config, params?, hp"""
)
CACHE = either(r"caches?, ctx, context, saved, tape, memo")
Y = either(r"y, out(put)?s?, z, s, activations?, a ?out, probs?")
MODE = either(r"mode, pool ?type, pooling, training, train, is ?training")
X_SHAPE = either(r"(x|input|in|image)? ?(shape|dims?), (x|input|in|image) ?size, size")
WINNERS = either(
    r"arg ?max(es)?, indices, mask, switches, max ?idx, idx, places, positions, winners, where"
)
GAMMA = either(r"gamma, scale, weight, w, g")
BETA = either(r"beta, shift, bias, b, offset")
MEAN = either(r"mu, means?, (batch|sample) ?means?")
VARIANCE = either(r"sigma ?(2|sq|squared), vars?, variances?, (batch|sample) ?vars?(iances?)?")
EPS = either(r"eps(ilon)?, e")
LABELS = either(
    r"labels?, y, targets?, y ?true, t, truth, true ?labels?, classes, y ?label, y ?int"
)
ONE_HOT = either(r"one ?hot, y ?one ?hot, y ?oh, one ?hot ?labels?, t ?one ?hot")
PROBABILITIES = either(
    r"p, probs?, probabilities, y ?hat, y ?pred, softmax ?out\w*, predictions?, pred, s"
)
SCORES = either(r"x, z, scores?, logits?, a, inputs?, o, outputs?, v, out")
PRE_ACTIVATION = either(
    r"x, z, inputs?, a ?prev, pre ?activations?, inp, last ?input, u, v, data, zs, rows"
)
ACTIVATED = either(r"y, out(put)?s?, a, s, t, activations?, f")
SAMPLES = either(rf"{X}, xs, samples?, features?, rows, x ?(train|batch)")
REGULARIZATION = either(r"reg(ularization)?( ?strength)?, lam(bda)?, l2( ?reg)?, weight ?decay, wd")
ACTIVATION_NAME = either(
    r"(act(ivation)?|non ?linearity)( ?(name|type|kind|fn|func|function))?, kind, name, fn ?name"
)
SLOPE = either(r"alpha, slope, negative ?slope, leak, leakage")
RATE = either(r"lr, learning ?rate, learn ?rate, eta, alpha, rate, step ?size")
WEIGHTS = either(r"w, weights?, params?, theta, x, parameters?, p, value")
GRADIENT = either(r"d ?w, grads?, gradients?, dx, g, d ?theta, dparams?, d")
STATE = either(r"state, config, v, velocity, cache, s")
VELOCITY = either(r"v, m, vel, velocit(y|ies), momentum ?buffer, v ?(w|prev)")
AVERAGE = either(r"s, cache, accum\w*, mean ?sq(uares?)?, avg ?sq(uares?)?, grad ?sq(uared)?")
MOMENTUM = either(r"momentum, mu, beta")
DENSE_WEIGHTS = either(r"w, weights?, theta, w ?mat, matrix, kernel")

# Of a class: what its constructor wants, and where it keeps its parameters.
IN_CHANNELS = either(
    r"""in ?(channels?|ch|c|planes|depth|features|maps)?, c ?in, n ?in, c, dim, d, f ?in,
    (input|prev) ?(channels|depth), (num|n)? ?(channels|features), in ?dim, input ?(size|dim)"""
)
OUT_CHANNELS = either(
    r"""out ?(channels?|ch|c|planes|depth|features|maps)?, c ?out, n ?out, num ?(filters|kernels),
    n ?(filters|kernels|f), filters, depth, output ?(channels|depth|size|dim), o, out ?dim, units"""
)
INPUT_SHAPE = either(r"(input|in|x) ?(shape|dims?|size)")
CONTEXT = either(r"ctx, context")
KEPT_WEIGHT = either(
    r"w, weights?, filters?, kernels?, gamma, conv ?w, wt, w ?mat, theta, params? ?w"
)
KEPT_BIAS = either(r"b, bias(es)?, beta")
GRADIENT_OF_WEIGHT = either(
    r"""d ?(l ?d ?)?(w|weights?|filters?|kernels?|gamma),
    grads? ?(w|weights?|gamma|filters?|kernels?),
    (w|weights?|filters?|gamma|kernels?) ?(grads?|gradients?), d ?w ?mat,
    gradients? ?(w|weights?|filters?|kernels?)"""
)
GRADIENT_OF_BIAS = either(
    r"""d ?(l ?d ?)?(b|bias|biases|beta), grads? ?(b|bias|biases|beta),
    (b|bias|biases|beta) ?(grads?|gradients?), gradients? ?(b|bias|biases)"""
)
HEIGHT = either(r"height, h, rows, n ?rows, input ?height, ih")
WIDTH = either(r"width, columns, cols, n ?cols, input ?width, iw")
W_SHAPE = either(r"(w|weights?|filters?|kernels?) ?(shape|size|dims?)")
PARAMETERS = either(r"params?, parameters")
SURELY_DY = either(
    r"d ?out\w*, grad ?out\w*, d ?[yz], upstream\w*, (out|output) ?grad\w*, d ?l ?d ?out\w*"
)

# Of a node of a graph: where it keeps its numbers, and their gradient.
KEPT_NUMBERS = either(r"data, values?, val, array, arr, numbers?, x, v")
KEPT_GRADIENT = either(r"grads?, gradients?, g, d, delta, adjoint")

# A function that is called like this is meant to be a pass, whatever it computes.
PASS = r"\b(forward|backward|backprop|back|grad|gradient|gradients|im2col|col2im|derivative)\b"

# What an argument may be told to be.
ARGUMENTS = (
    *("dy", "x", "w", "b", "y", "gamma", "beta", "eps", "labels", "onehot", "probabilities"),
    *("stride", "padding", "dilation", "groups", "kernel_size", "slope", "learning_rate"),
    *("x_shape", "w_shape", "height", "width", "options", "cache", "winners", "mode"),
    *("parameters", "state", "dw", "mu", "mean", "variance", "regularization", "activation"),
)
