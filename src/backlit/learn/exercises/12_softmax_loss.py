"""Softmax and cross-entropy: where the error begins

The last layer gives a score for each class. Softmax makes probabilities of
them: e to the power of each score, divided by the sum of all of these. They
are all above 0 and add up to 1.

The cross-entropy of an image is −log of the probability of the right class:
0 if that was 1, and large if it was small. The loss of several images is the
mean, so there is a division by the number of images N.

The gradient is simpler than both. For each image and class it is

    (probability − truth) / N

where truth is 1 for the right class and 0 for all others. It says: less of
what was believed wrongly, more of what is right. This is the error with which
the way back begins, and the 1/N is in it, once and for all.

    scores 0 0, right class 1, N = 1:   probabilities  0.5       0.5
                                        error          0.5 − 0   0.5 − 1

e to the power of 1000 is too large for a computer. Subtract the largest
score of an image from all of its scores first: the probabilities stay the
same, since numerator and denominator get the same factor.

Write softmax_loss. It gives the loss, one number, and the error, a row for
each image. labels[n] is the right class of image n.
"""

import math


def softmax_loss(scores, labels):
    """The mean cross-entropy and its gradient for the scores.

    >>> softmax_loss([[0, 0]], [1])[1]
    [[0.5, -0.5]]
    """
    ### BEGIN SOLUTION
    loss, dscores = 0, []
    for row, label in zip(scores, labels):
        powers = [math.exp(score - max(row)) for score in row]
        probabilities = [each / sum(powers) for each in powers]
        loss += math.log(sum(powers)) - (row[label] - max(row))
        dscores.append(
            [
                (each - (1 if k == label else 0)) / len(scores)
                for k, each in enumerate(probabilities)
            ]
        )
    return loss / len(scores), dscores
    ### END SOLUTION


### BEGIN HIDDEN TESTS
from backlit.learn.parts import Checked

HINTS = (
    "For each image: powers = [math.exp(score − max(row)) for score in row], and probabilities "
    "are these divided by their sum.",
    "An image's loss is −math.log of the probability of its label; so that it is never log of 0, "
    "write log(sum of powers) − (score of the label − largest score).",
    "The error of class k is (probability − 1) / N if k is the label, and probability / N "
    "otherwise.",
)
PARTS = (Checked("softmax_loss", "softmax_cross_entropy", ("x", "labels"), "nk"),)
### END HIDDEN TESTS
