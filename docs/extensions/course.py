"""The exercises of `backlit learn`, as a table."""

from __future__ import annotations

from backlit.learn import exercises

__all__ = ["exercise_table"]


def exercise_table() -> str:
    """A line for each exercise: its title, what is written, and its points."""
    lines = ["| | exercise | you write | points |", "| --- | --- | --- | --- |"]
    for each in exercises():
        functions = ", ".join(f"`{part.function}`" for part in each.parts)
        points = each.points * len(each.parts)
        lines.append(f"| {each.number} | {each.title} | {functions} | {points} |")
    return "\n".join(lines)
