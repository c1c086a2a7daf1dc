"""Contestants take turns; what is compared is always two turns of the same round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    """A name and how to measure one turn, given the round's number."""

    name: str
    measure: Callable[[int], float]


def take_turns(
    contestants: Sequence[Contestant], rounds: int, report: Callable[[str], None], warm: bool = True
) -> dict[str, list[float]]:
    """One uncounted turn each (`warm`), then `rounds` rounds; who starts a round rotates. Returns figures by name."""
    figures: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants if warm else []:
        contestant.measure(0)
    for number in range(1, rounds + 1):
        first = number % len(contestants)
        for contestant in [*contestants[first:], *contestants[:first]]:
            figures[contestant.name].append(contestant.measure(number))
        latest = ", ".join(f"{name} {values[-1]:,.0f}" for name, values in figures.items())
        report(f"  round {number} of {rounds}: {latest}")
    return figures


def ratios(figures: Sequence[float], others: Sequence[float]) -> list[float]:
    """Round by round, so that what slows the machine down for a while slows both sides of a ratio."""
    return [figure / other for figure, other in zip(figures, others, strict=True)]
