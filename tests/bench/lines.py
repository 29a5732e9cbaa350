"""What a subject of the bench has measured, one line for each thing, with its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A figure, what it is held against in the same run, and what their ratio may be.

    Without `beside` the goal is for the figure itself.
    """

    name: str
    value: float
    unit: str = "ms"
    beside: str = ""
    beside_value: float | None = None
    ratio: float | None = None
    goal: float | None = None

    @property
    def judged(self) -> float:
        """What the goal is for."""
        return self.value if self.ratio is None else self.ratio


def verdict(value: float, goal: float | None) -> str:
    """Return pass or MISS, or nothing where there is no goal."""
    return "" if goal is None else "pass" if value <= goal else "MISS"


def table(lines: list[Line]) -> list[str]:
    """Return the lines as people read them."""
    told = []
    for one in lines:
        said = f"{one.name:46}{one.value:12,.2f} {one.unit:5}"
        if one.ratio is not None and one.beside_value is not None:
            said += f"{one.ratio:7.2f} x {one.beside} ({one.beside_value:,.2f})"
        if one.goal is not None:
            said += f"  goal {one.goal:g} {verdict(one.judged, one.goal)}"
        told.append(said)
    return told
