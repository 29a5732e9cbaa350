"""The path: eight steps in one relationship, with what to stress and why."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from journal.relationships.chosen import Mending
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring
from steps import catalogue

AHEAD = "ahead"


@dataclass(frozen=True)
class Place:
    """One step on somebody's path: the guide's words for it, what they said of it, why to lean."""

    step: catalogue.Step
    number: int
    url: str
    state: str
    round: int
    why: str
    title: str
    summary: str

    @property
    def stressed(self) -> bool:
        """Whether this person's causes and part ask more of this step."""
        return bool(self.why)


@dataclass(frozen=True)
class Path:
    """The eight places of one relationship, with the words that open it."""

    places: tuple[Place, ...]
    lean: catalogue.Leaning

    @cached_property
    def here(self) -> Place | None:
        """The place being walked: the open one, or the first to lean on, or the first ahead."""
        open_ones = [place for place in self.places if place.state == PathStep.OPEN]
        ahead = [place for place in self.places if place.state == AHEAD]
        order = {key: n for n, key in enumerate(lean.key for lean in self.lean.steps)}
        ahead.sort(key=lambda place: (order.get(place.step.key, 99), place.number))
        return next(iter(open_ones + ahead), None)

    @cached_property
    def states(self) -> list[str]:
        """The eight states in order, for the drawings."""
        return [place.state for place in self.places]

    @property
    def drawn(self) -> SafeString:
        """The line with the names of the eight steps, as Today has it."""
        here = self.places.index(self.here) if self.here else None
        return drawn(catalogue.get(), tuple(self.states), here)

    @property
    def behind(self) -> int:
        """How many steps the person called enough for now."""
        return self.states.count(PathStep.ENOUGH)


@lru_cache(maxsize=0 if settings.DEBUG else 512)
def drawn(guide: catalogue.Catalogue, states: tuple[str, ...], here: int | None) -> SafeString:
    """Return eight steps in these states: words of the guide alone, drawn once for whoever."""
    places = [
        {"step": step, "number": number, "url": f"/path/{step.key}/", "state": state}
        for number, (step, state) in enumerate(zip(guide.steps.values(), states, strict=True), 1)
    ]
    context = {"places": places, "states": states, "here": None if here is None else places[here]}
    return render_to_string("parts/path.html", context)


def leaning(story: Story) -> catalogue.Leaning:
    """Return what the guide stresses for a story: its causes, its part, and fear."""
    causes = sorted(story.causes, key=lambda key: -story.causes[key])
    return catalogue.stress(causes, story.part, afraid=not story.joint_features)


def path_of(relationship: Relationship, story: Story, keyring: Keyring) -> Path:
    """Lay out the path of a relationship, in one query."""
    said = {row.step.key: row.read(keyring) for row in PathStep.objects.walked_in(relationship)}
    lean = leaning(story)
    reasons = {step.key: catalogue.for_kind(step.why, story.kind) for step in lean.steps}
    places, afraid = [], not story.joint_features
    for number, (key, step) in enumerate(catalogue.get().steps.items(), start=1):
        words = said.get(key, {"state": AHEAD, "round": 1})
        title = step.title_for(story.kind, afraid=afraid)
        summary = step.summary_for(story.kind, afraid=afraid)
        place = Place(
            step, number, f"/path/{key}/", words["state"], words["round"],
            reasons.get(key, ""), title, summary,
        )  # fmt: skip
        places.append(place)
    return Path(tuple(places), lean)


@require_safe
def path(request: Asking) -> HttpResponse:
    """Show the path of the chosen relationship; without one, the way to begin."""
    mending = Mending.of(request)
    if mending.chosen is None or mending.story is None:
        return render(request, "path/none.html")
    walked = path_of(mending.chosen, mending.story, request.keyring)
    context = {
        "mending": mending,
        "story": mending.story,
        "path": walked,
        "openings": [catalogue.for_kind(text, mending.story.kind) for text in walked.lean.openings],
        "causes": list(catalogue.get().causes.values()),
    }
    return render(request, "path/path.html", context)
