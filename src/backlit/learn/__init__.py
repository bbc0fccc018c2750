"""Learn: exercises from one window to a network of your own, graded with reasons.

    >>> from backlit.learn import exercise
    >>> print(exercise(1).title)
    One window

Each exercise is one file, from which the text, the blanks, the hints, the solution and the way it
is graded are taken.  Standard library only, so that it also runs in a browser.
"""

from .course import Course, Standing
from .digits import DIGIT_FILES
from .exercise import Exercise, exercise, exercises
from .grading import Grade, NotYet, grade, grade_file
from .notebook import notebook, otter_files

__all__ = [
    "DIGIT_FILES",
    "Course",
    "Exercise",
    "Grade",
    "NotYet",
    "Standing",
    "exercise",
    "exercises",
    "grade",
    "grade_file",
    "notebook",
    "otter_files",
]
