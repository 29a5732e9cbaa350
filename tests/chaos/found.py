"""What a part of the chaos has found."""

from dataclasses import dataclass, field


@dataclass
class Found:
    """What one part counted, and every promise that did not hold, each as a sentence."""

    part: str
    counts: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def table(self, database: str) -> str:
        """Return the counts as lines, and below them what did not hold."""
        lines = [f"\n{self.part}, {database}"]
        lines += [f"  {name:<52}{count:>8,}" for name, count in self.counts.items()]
        lines += [f"  BROKEN: {said}" for said in self.broken[:20]]
        if len(self.broken) > 20:
            lines.append(f"  BROKEN: and {len(self.broken) - 20:,} more")
        return "\n".join(lines)
