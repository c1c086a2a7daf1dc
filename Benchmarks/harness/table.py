"""The rows of the result and how they print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One figure against its target: a value a repetition, of which the median counts."""

    what: str
    against: str
    values: Sequence[float]
    target: float
    at_least: bool
    unit: str = "×"
    """`×` for a ratio, else the unit of the values."""

    @property
    def median(self) -> float:
        """The figure that is compared with the target."""
        return median(self.values)

    @property
    def passes(self) -> bool:
        """Whether the median reaches the target."""
        return self.median >= self.target if self.at_least else self.median <= self.target

    def cells(self) -> list[str]:
        """The row as printed."""
        return [
            self.what,
            self.against,
            f"{'≥' if self.at_least else '≤'} {self.target:g} {self.unit}",
            f"{self.median:.3f} {self.unit}",
            f"{min(self.values):.3f} – {max(self.values):.3f}",
            str(len(self.values)),
            "pass" if self.passes else "MISS",
        ]


HEADINGS = ["what", "against", "target", "median", "min – max", "repetitions", "verdict"]


@dataclass(frozen=True)
class Result:
    """What one measurement brings: rows with a target, and absolute figures (medians) as lines of text."""

    rows: Sequence[Row]
    absolute: Sequence[str]


def render(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(line[i]) for line in [headings, *lines]) for i in range(len(headings))]

    def text(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join(
        [text(headings), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(text, lines)]
    )
