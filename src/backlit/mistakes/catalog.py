"""Every mistake by name: what it is, why it is wrong, and the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """A mistake that people make, with what to say about it.

    Attributes:
        name: a slug: "stride-forgotten".
        title: what was done, in a few words.
        why: one sentence that says why it is wrong.
        anchors: operation -> the heading of its page that shows it, where it is not "What goes
            wrong".
    """

    name: str
    title: str
    why: str
    anchors: Mapping[str, str] = field(default_factory=dict)

    def page(self, operation: str) -> str:
        """The page that shows it, below the root of the repository."""
        page = page_of(operation)
        anchor = self.anchors.get(Path(page).stem, "what-goes-wrong")
        return page if operation == "network" else f"{page}#{anchor}"


def page_of(operation: str) -> str:
    """The page about an operation, below the root of the repository."""
    if operation == "network":
        return "docs/story.md"
    name = "update" if operation in OPTIMIZERS else _SHARED_PAGES.get(operation, operation)
    return f"docs/operations/{name}.md"


_SHARED_PAGES = dict.fromkeys(("softmax", "softmax_regression"), "softmax_cross_entropy")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")

_FACES = "three-faces-of-the-way-back"
_TIES = "which-of-several-equal-numbers-wins"
_OPTIONS = "stride-padding-dilation-groups"

_ALL: tuple[tuple[Any, ...], ...] = (
    # Any operation
    ("wrong-shape", "a result of another shape",
     "A gradient has the shape of what it is the gradient of, since each number has one slope."),
    ("sign", "the sign reversed",
     "The loss is −log p, and gradients point to where it grows; the other minus is the update's."),
    ("batch-average-extra", "divided by the number of images",
     "The 1/N of a mean loss belongs in one place. Where the loss hands back (p − y)/N, it is in "
     "the error already, and images are only added up; where it hands back p − y, dividing each dW "
     "and db here does the same.",
     {"softmax_cross_entropy": "where-does-the-1n-go"}),
    ("positions-averaged", "a mean where a sum belongs",
     "A shared weight is used at every position, and each use adds its part: a sum, not a mean."),
    ("scaled", "too large or too small by a constant factor",
     "Every number is off by the same factor, so the direction is right and the length is not."),
    ("error-ignored", "the error from above is not used",
     "By the chain rule each slope is multiplied by the error that arrives from the next layer."),
    ("inputs-changed", "an argument is changed in place",
     "Whoever called still needs these numbers: the next step then computes with other ones."),
    ("whole-number-division", "divided in whole numbers",
     "// rounds down, so every fraction is lost."),
    ("one-image-only", "one image of the batch only",
     "All images share the weights, and each has its own part in the gradient."),
    ("assigned-not-added", "= where += belongs",
     "Several products meet in one place and have to add up; = keeps only the last of them.",
     {"max_pool2d": "windows-that-overlap"}),
    ("rows-shared", "rows that are one and the same list",
     "[[0] * 3] * 3, or a row that is made before the loop, is one list in several places: what is "
     "done to one row is done to all. [[0] * 3 for _ in range(3)] makes three."),
    ("parentheses", "a part of the expression in place of the whole",
     "· and / bind more strongly than + and −, so a factor or a divisor of a sum needs parentheses "
     "around it."),
    ("raised", "an exception", "For these numbers the function has no answer at all."),
    ("not-finite", "NaN or infinity",
     "A number that is not finite spreads to all that is computed from it."),
    # Convolution
    ("filter-turned", "the filter turned by 180°",
     "What the field calls a convolution lays the filter over the image as it is, and so does the "
     "gradient of its weights.", {"conv2d": _FACES}),
    ("filter-not-turned", "the filter lies the wrong way round on the way back",
     "As a correlation over the pixels the filter is turned by 180°; where each output hands its "
     "error back with +=, it lies as it did forward.", {"conv2d": _FACES}),
    ("axes-turned", "filters and channels turned round",
     "np.rot90 turns the first two axes and np.flip all of them, unless it is said which; in a "
     "filter array the rows and columns are axes 2 and 3.", {"conv2d": _FACES}),
    ("square-assumed", "the filter taken for a square one",
     "A filter may have other columns than rows, so each is counted on its own."),
    ("image-square-assumed", "the image taken for a square one",
     "An image may have other columns than rows, and so may its maps: each is counted on its own."),
    ("transposed", "rows and columns exchanged",
     "Both are counted from 0, so nothing complains where there are as many of one as of the "
     "other; only the numbers are in the wrong place."),
    ("stride-forgotten", "the stride is forgotten",
     "Output row i begins at input row i·s, not at row i.", {"conv2d": _OPTIONS}),
    ("padding-forgotten", "the padding is forgotten",
     "With padding the first window begins p rows above the image, so all places are p less.",
     {"conv2d": _OPTIONS}),
    ("padding-not-cropped", "the padding is not cut off",
     "The padded rows and columns are no part of the input and have no gradient.",
     {"conv2d": _OPTIONS}),
    ("padding-wraps", "places in the padding wrap around to the other side",
     "A negative index counts from the end: X[−1] is the last row, and no padding.",
     {"conv2d": _OPTIONS}),
    ("padding-cropped-wrongly", "the padding is cut off in the wrong place",
     "On each side p rows and columns belong to the padding; where p is 0 nothing is cut, and a "
     "slice that ends at −0 is empty.",
     {"conv2d": _OPTIONS}),
    ("place-incomplete", "a part of the place is missing",
     "An input's place has two parts: where the window begins, i·s, and where in the window, u."),
    ("dilation-forgotten", "the dilation is forgotten",
     "Weight u lies u·d rows below the first one, not u rows.", {"conv2d": _OPTIONS}),
    ("groups-forgotten", "the groups are forgotten",
     "A filter sees the channels of its own group only.", {"conv2d": _OPTIONS}),
    ("channels-mixed", "channels mixed up",
     "Each channel has its own slice of each filter, and its own numbers."),
    ("one-channel-only", "one channel only",
     "A filter sees all channels and adds them up, so all of them take part in the gradient."),
    ("one-filter-only", "one filter only",
     "An input feeds every filter, and the error comes back from all of them."),
    ("bias-forgotten", "the bias is not added",
     "Every output has a bias in it, that of its filter or unit."),
    ("bias-repeated", "the bias counted more than once",
     "Every output has its bias in it once, however many products its sum has: it belongs outside "
     "of the loops over the weights, and so does its gradient."),
    ("bias-axes", "the bias's gradient summed over the wrong axes",
     "A bias is added in every image, and that of a filter at every place of its map: sum over all "
     "axes but its own."),
    ("last-row-forgotten", "ranges that end too early",
     "The last rows and columns count, too."),
    ("remainder-ignored", "wrong where the stride leaves a remainder",
     "Only whole windows count, so the size of the output is rounded down; rows that no window "
     "reaches belong to the input all the same, and their gradient is 0.",
     {"conv2d": _OPTIONS}),
    ("updated-weights", "the weights from after the update",
     "Every gradient belongs to the weights that made the output, those from before the update."),
    ("wrong-operand", "another array in the product",
     "Each connection joins a weight, an input and an error; a gradient is the product of the two "
     "others."),
    # Pools
    ("ties-all", "all equal winners get the error",
     "Among equals the first in row order gets the whole error here, a convention of most "
     "libraries, while others share it among the equals; but with all of it for each, the error "
     "becomes larger than it was.", {"max_pool2d": _TIES}),
    ("tie-last", "the last of equal winners",
     "Among equals the first in row order gets the whole error here, a convention of most "
     "libraries; others take another one, or share it among the equals.", {"max_pool2d": _TIES}),
    ("error-to-all", "the error to every place of the window",
     "Only the largest number reached the output, so only it can change the loss."),
    ("max-as-average", "the error of a max pool in equal parts",
     "Only the largest number reached the output, so it gets the whole error."),
    ("average-as-max", "the error of an average pool to the largest",
     "Every number of the window has the same part in a mean."),
    ("average-not-divided", "the mean's division is forgotten",
     "Each number of a window is a share of the mean, so it gets that share of the error."),
    ("winner-of-error", "the winner taken from the wrong array",
     "Who won was decided in the forward pass, among the inputs of the window."),
    ("winner-value", "the error multiplied by the largest number",
     "On the way back it counts who won, not how large it is: the winner gets the error as it is."),
    ("padding-wins", "padded zeros win",
     "Where all inputs of a window are negative, a padded zero is larger; padding counts as −∞."),
    ("maximum-from-zero", "the search for the largest begins with 0",
     "Where all numbers of a window are negative, 0 wins, though it is none of them: begin with "
     "the first of them, or with −∞."),
    ("padding-counted", "the average divided by another count",
     "It has to be said whether padded zeros count, and the way back divides as the forward pass."),
    # Activations
    ("slope-at-output", "the slope taken at the output",
     "The slope belongs to the number that went in; this formula is written for z, not for f(z)."),
    ("slope-at-input", "the slope's formula for the output is given the input",
     "This formula is written for f(z); with z in its place it is the slope of nothing."),
    ("slope-at-kink", "another slope at the kink",
     "At a kink the slope is a convention; here it is that of the left side."),
    ("mask-of-error", "the mask made of the error",
     "Whether a neuron was on depends on the number that went in, not on the error."),
    ("wrong-slope", "another slope", "The error is multiplied by the slope at the number that went "
     "in, and this is not the slope of this function."),
    ("slope-forgotten", "the slope is forgotten",
     "The error is multiplied by the slope of the function, not passed on as it is."),
    ("wrong-function", "another function", "The forward pass computes another function."),
    # Batch normalization
    ("mean-way-forgotten", "the way through the mean is missing",
     "Each number moves the mean, and with it all others.", {"batch_norm2d": "why-three-parts"}),
    ("variance-way-forgotten", "the way through the variance is missing",
     "Each number changes the variance, and so the scale of all others.",
     {"batch_norm2d": "why-three-parts"}),
    ("statistics-constant", "mean and variance taken for constants",
     "In training both are made of this batch, and the error comes back through them, too.",
     {"batch_norm2d": "why-three-parts"}),
    ("variance-way-halved", "the 2 of the square is missing on the way through the variance",
     "The variance is a mean of squares, and the slope of (x − μ)² is 2·(x − μ).",
     {"batch_norm2d": "why-three-parts"}),
    ("eps-outside-root", "ε is added to the root, not under it",
     "The root is that of σ² + ε; added outside of it, ε counts for more."),
    ("eps-forgotten", "ε is forgotten", "The root is that of σ² + ε, backward as forward."),
    ("unbiased-variance", "the variance divided by M − 1",
     "Batch normalization divides by M, the number of values, when it normalizes."),
    ("scale-forgotten", "γ is forgotten",
     "The normalized number was multiplied by γ, and so is its error."),
    ("statistics-axes", "mean and variance over the wrong axes",
     "Each channel has one mean and one variance, over all images and all positions."),
    # Softmax and cross-entropy
    ("batch-average-forgotten", "the 1/N of the mean is missing",
     "The loss is the mean over N images, so it is divided by N, and so is each image's error.",
     {"softmax_cross_entropy": "where-does-the-1n-go"}),
    ("batch-average-twice", "1/N twice", "The 1/N of the mean is applied once, here and nowhere "
     "else.", {"softmax_cross_entropy": "where-does-the-1n-go"}),
    ("onehot-forgotten", "the truth is not subtracted",
     "The error is probability minus truth; without the truth every class is pushed down."),
    ("onehot-added", "the truth is added",
     "The error is probability minus truth: the true class is pushed up, all others down."),
    ("softmax-forgotten", "scores in place of probabilities",
     "The error is made of the probabilities, which are the softmax of the scores."),
    ("softmax-twice", "softmax twice",
     "What is given to it are scores; probabilities in their place are all between 0 and 1, and "
     "their softmax makes them nearly alike."),
    ("softmax-axis", "softmax over the wrong axis",
     "The probabilities of one image add up to 1; they are not shared between images."),
    ("other-logarithm", "a logarithm of another base",
     "ln, to the base e, is what the loss means, and p − y is the slope of that; log10 and log2 "
     "differ from it by a constant factor."),
    ("overflow", "the largest score is not subtracted",
     "e to the power of 1000 is too large for any float; subtracting the largest score changes "
     "nothing else."),
    # Update step
    ("step-uphill", "the step goes uphill",
     "The loss falls against the gradient: W − η·dW.", {}),
    ("learning-rate-forgotten", "the learning rate is not used",
     "A whole gradient is a step of η = 1, mostly far too long."),
    ("learning-rate-twice", "the learning rate twice",
     "With η² in place of η the steps are too short, or too long."),
    ("momentum-forgotten", "the velocity is not used",
     "The step is made of what is left of all steps before, not of this gradient alone.",
     {"update": "what-does-momentum-do"}),
    ("step-late", "the weights are moved by the velocity of the step before",
     "First the velocity gets the new gradient, and then the weights are moved by it.",
     {"update": "what-does-momentum-do"}),
    ("bias-correction-forgotten", "no bias correction",
     "Both averages begin with 0 and are too small at first; dividing by 1 − βᵗ mends that.",
     {"update": "what-does-adam-do"}),
    ("epsilon-inside-root", "ε under the root",
     "ε is added to the root, not under it; under the root it counts as √ε."),
    ("weight-decay-wrong", "another weight decay",
     "Weight decay adds λ·W to the gradient, or takes η·λ·W from the weight."),
    ("state-not-kept", "the state is not kept",
     "What is remembered from step to step has to come back, or each step begins anew."),
)  # fmt: skip

MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {name: Mistake(name, *rest) for name, *rest in _ALL}
)
