"""Train a network of your own

Everything is there: a whole network in plain Python that reads digits of 8×8
pixels. It has a convolution of 4 filters, a ReLU, a max pool and a dense
layer with a score for each digit.

    8×8 picture → 4 maps of 6×6 → ReLU → pool 2×2 → 36 numbers → 10 scores

Three functions are yours. Copy into this file what you wrote before.

  scores               forward, from a picture to ten scores
  loss_and_gradients   forward, the loss, and backward through every layer
  train                over and over: take a picture, find the gradients,
                       change every weight by −(rate)·(its gradient)

A dense layer is score[k] = b[k] + the sum of w[k][f]·a[f]. Backward it is
like every connection: dw[k][f] = dy[k]·a[f], and da[f] is the sum over all k
of dy[k]·w[k][f].

All gradients are taken with the weights from before the step; only then all
of them change. Begin with a rate of 0.05 and 4 passes over the pictures.

net is a dictionary: "filters" [4][3][3], "filter_biases" [4], "weights"
[10][36] and "biases" [10]. Your gradients are a dictionary with the same
names. The loss is that of one picture, so N = 1.

Your gradients are compared with what the loss does when a weight is changed a
little, and then your network reads 100 digits that it has never seen. At
least 75 should be right, within 60 seconds. By guessing it would be 10.
"""

import math
import random


def new_network():
    """A network with small random weights: zeros would keep all filters the same."""
    draw = random.Random(0)
    return {
        "filters": [[[draw.gauss(0, 0.4) for _ in range(3)] for _ in range(3)] for _ in range(4)],
        "filter_biases": [0.0] * 4,
        "weights": [[draw.gauss(0, 0.2) for _ in range(36)] for _ in range(10)],
        "biases": [0.0] * 10,
    }


def scores(net, image):
    """Ten scores for a picture, the largest for the digit that it is taken for.

    >>> len(scores(new_network(), [[0.5] * 8] * 8))
    10
    """
    ### BEGIN SOLUTION
    return forward(net, image)[-1]
    ### END SOLUTION


def loss_and_gradients(net, image, label):
    """The loss of one picture, and the gradients of all arrays of the network.

    >>> loss, gradients = loss_and_gradients(new_network(), [[0.5] * 8] * 8, 3)
    >>> sorted(gradients)
    ['biases', 'filter_biases', 'filters', 'weights']
    """
    ### BEGIN SOLUTION
    winners, features, found = forward(net, image)
    powers = [math.exp(each - max(found)) for each in found]
    error = [each / sum(powers) for each in powers]
    loss = math.log(sum(powers)) + max(found) - found[label]
    error[label] -= 1
    weights = [[each * feature for feature in features] for each in error]
    filters = [[[0.0] * 3 for _ in range(3)] for _ in range(4)]
    filter_biases = [0.0] * 4
    for f, (o, i, j) in enumerate(winners):
        if features[f] > 0:
            passed = sum(error[k] * net["weights"][k][f] for k in range(10))
            filter_biases[o] += passed
            for u in range(3):
                for v in range(3):
                    filters[o][u][v] += passed * image[i + u][j + v]
    return loss, {
        "filters": filters,
        "filter_biases": filter_biases,
        "weights": weights,
        "biases": error,
    }
    ### END SOLUTION


def train(images, labels):
    """A network that has learned from these pictures."""
    ### BEGIN SOLUTION
    net = new_network()
    for _ in range(4):
        for image, label in zip(images, labels):
            _, gradients = loss_and_gradients(net, image, label)
            for name in net:
                net[name] = changed(net[name], gradients[name], 0.05)
    return net
    ### END SOLUTION


def predict(net, images):
    """The digit that each picture is taken for."""
    found = [scores(net, image) for image in images]
    return [row.index(max(row)) for row in found]


### BEGIN SOLUTION


def forward(net, image):
    """Where the pool found its winners, the numbers behind it, and the scores."""
    winners, features = [], []
    for o, (kernel, bias) in enumerate(zip(net["filters"], net["filter_biases"])):
        maps = [
            [
                bias + sum(image[i + u][j + v] * kernel[u][v] for u in range(3) for v in range(3))
                for j in range(6)
            ]
            for i in range(6)
        ]
        for i in range(0, 6, 2):
            for j in range(0, 6, 2):
                window = [(i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)]
                best = max(window, key=lambda place: maps[place[0]][place[1]])
                winners.append((o, *best))
                features.append(max(0.0, maps[best[0]][best[1]]))
    found = [
        bias + sum(weight * feature for weight, feature in zip(row, features))
        for row, bias in zip(net["weights"], net["biases"])
    ]
    return winners, features, found


def changed(numbers, gradients, rate):
    """An array of any depth after a step against its gradient."""
    if isinstance(numbers, list):
        return [changed(a, b, rate) for a, b in zip(numbers, gradients)]
    return numbers - rate * gradients


### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.whole import Learned, Slopes

HINTS = (
    "Write forward first, so that it gives all that the way back needs: the pool's input or its "
    "winners, what came out of it, and the scores.",
    "loss_and_gradients goes back in this order: softmax (exercise 12 with N = 1), the dense "
    "layer, the pool and the ReLU (11), the filters (6) and their biases (7).",
    "train: net = new_network(); for each pass and each picture find the gradients, then subtract "
    "rate · gradient from every number of every array; return net.",
    "If the loss becomes NaN, the rate is too large. If nothing is learned, print the loss of the "
    "first ten pictures in every pass: it should fall.",
)
PARTS = (
    Slopes("loss_and_gradients", make="new_network", scores="scores"),
    Learned("train", predict="predict", wanted=75, seconds=60),
)
POINTS = 5
### END HIDDEN TESTS
