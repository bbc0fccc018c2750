"""A drawing as an SVG file that stands alone, in the colors of light or of dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

# One hue each, as in the terminal and on every page: input, weights, bias, error, gradient.
COLORS = {
    "light": {
        "ink": "#16191d",
        "paper": "#ffffff",
        "muted": "#5b6470",
        "line": "#d9dde3",
        "x": "#0b62c9",
        "w": "#a84e00",
        "b": "#626c00",
        "error": "#c81e36",
        "gradient": "#8a3fc4",
    },
    "dark": {
        "ink": "#e6e9ee",
        "paper": "#131416",
        "muted": "#a3adba",
        "line": "#3a424c",
        "x": "#6cb0ff",
        "w": "#ff9f4d",
        "b": "#c3cf52",
        "error": "#ff7a87",
        "gradient": "#c99bf5",
    },
}
STYLE = """
text {
  font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  fill: var(--ink);
}
.muted, .tick, .axis { fill: var(--muted); }
.tick { font-size: 13px; }
path { fill: none; }
.grid, .rule { stroke: var(--line); }
.zero, .one { stroke: var(--muted); }
.one { stroke-dasharray: 3 4; }
.bold { font-weight: 600; }
.x { --hue: var(--x); } .w { --hue: var(--w); } .b { --hue: var(--b); } .y { --hue: var(--ink); }
.error { --hue: var(--error); } .gradient { --hue: var(--gradient); }
"""


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes:
        title: what there is to see, for those who do not see it.
        width: in pixels, where there is room for it.
        height: likewise.
        inside: the elements.
        style: rules of CSS that these elements need beside those of every drawing.
        caption: a line below it.
    """

    title: str
    width: int
    height: float
    inside: str
    style: str = ""
    caption: str = ""

    def _small(self) -> str:
        """On a phone a drawing shrinks; its words grow in it, so that they can still be read."""
        size, narrow = max(14, round(12 * self.width / 360)), round(0.8 * self.width)
        rule = f"text {{ font-size: {size}px !important; }}"
        return f"@media (max-width: {narrow}px) {{ {rule} }}\n"

    def svg(self, scheme: str) -> str:
        """The file for ``light`` or ``dark`` pages."""
        colors = " ".join(f"--{name}: {color};" for name, color in COLORS[scheme].items())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{self.width}" '
            f'height="{self.height:g}" viewBox="0 0 {self.width} {self.height:g}">\n'
            f"<title>{escape(self.title)}</title>\n"
            f"<style>\nsvg {{ {colors} }}{STYLE}{self.style}{self._small()}</style>\n"
            f"{self.inside}</svg>\n"
        )
