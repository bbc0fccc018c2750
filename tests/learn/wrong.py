"""Mistakes in solutions: the exercise, what stands there, what is written, and what is told."""

WRONG: tuple[tuple[str, str, str, str], ...] = (
    ("one_window", "total += x[i][j]", "total = x[i][j]", "assigned-not-added"),
    ("one_window", "return total", "return total / (len(w) * len(w[0]))", "average"),
    ("one_window", "return total", "print(total)", "returns nothing"),
    ("one_window", "range(len(w))", "range(len(w) + 1)", "IndexError"),
    ("one_window", "x[i][j] * w", "x[i][j] + w", "gives 16 and should give 20"),
    ("slide_it", "total += x[i + u]", "total += x[i - u]", "should give"),
)
