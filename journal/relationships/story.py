"""What a relationship's sealed story holds, once opened."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

KINDS = {
    "partner": "A partner, now or before",
    "friend": "A friend",
    "family": "Someone in the family",
    "colleague": "Someone at work",
    "other": "Someone else",
}
PARTS = {
    "hurt": "I was hurt",
    "did": "I did the hurting",
    "both": "Both, in different ways",
}
AFRAID = {"no": "No", "sometimes": "Sometimes", "yes": "Yes", "unsaid": "I’d rather not say"}
ACTIVE = "active"
STATES = {ACTIVE: "being mended", "paused": "paused", "ended": "ended well"}
MOST_CAUSES = 3
# The scales of the daily check-in, by their keys in the guide.
DIALS = {
    "safety": "Safety",
    "follow_through": "Follow-through",
    "openness": "Openness",
    "connection": "Connection",
}
DIAL_LENGTH = 60
NAME_LENGTH = 60
HAPPENED_LENGTH = 5_000


@dataclass(frozen=True)
class Story:
    """One person's view of what they are mending.

    `causes` maps a cause's key to its weight: 1 a little, 2 plainly, 3 most of all. `dials` holds
    their own names for scales of the daily check-in.
    """

    name: str = ""
    kind: str = "other"
    part: str = "hurt"
    afraid: str = "unsaid"
    happened: str = ""
    causes: dict[str, int] = field(default_factory=dict)
    state: str = ACTIVE
    dials: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_sealed(cls, opened: dict[str, Any]) -> "Story":
        """Build a story from what the vault opened; keys of later versions are left alone."""
        known = {name: opened[name] for name in cls.__dataclass_fields__ if name in opened}
        return cls(**known)

    def to_seal(self) -> dict[str, Any]:
        """Return the plain values to hand to the vault."""
        return asdict(self)

    def changed(self, **values: Any) -> "Story":
        """Return a copy with some values replaced."""
        return replace(self, **values)

    @property
    def called(self) -> str:
        """The name they chose, or a plain word for the person."""
        return self.name or {
            "partner": "Your partner", "friend": "Your friend", "family": "Your relative",
            "colleague": "Your colleague",
        }.get(self.kind, "This person")  # fmt: skip

    def dial(self, key: str) -> str:
        """Return what they call one scale of the daily check-in."""
        return self.dials.get(key) or DIALS[key]

    @property
    def mentioned(self) -> str:
        """The same, as it stands inside a sentence."""
        return self.name or self.called.lower()

    @property
    def standing(self) -> str:
        """How it stands, in words; what somebody is afraid of is not called mended."""
        if self.state == ACTIVE and not self.joint_features:
            return "on your mind"
        return STATES[self.state]

    @property
    def joint_features(self) -> bool:
        """Whether rooms for two may be offered: not where fear was named."""
        return self.afraid not in {"yes", "sometimes"}


def weigh(keys: list[str], known: dict[str, int] | None = None) -> dict[str, int]:
    """Return weights for up to three causes: 2 for each, or what the person said before."""
    return {key: (known or {}).get(key, 2) for key in keys[:MOST_CAUSES]}
