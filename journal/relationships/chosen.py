"""Which relationship a page speaks of: the one last chosen."""

from dataclasses import dataclass

from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.asking import Asking


@dataclass(frozen=True)
class Mending:
    """A person's relationships with their opened stories, the chosen one first."""

    rows: tuple[tuple[Relationship, Story], ...]

    @classmethod
    def of(cls, request: Asking) -> "Mending":
        """Fetch and open the relationships of the person who asks, in one query."""
        rows = Relationship.objects.all_of(request.user)
        return cls(tuple((row, row.read(request.keyring)) for row in rows))

    @property
    def chosen(self) -> Relationship | None:
        """The relationship that Today and the path speak of."""
        return self.rows[0][0] if self.rows else None

    @property
    def story(self) -> Story | None:
        """The story of the chosen relationship."""
        return self.rows[0][1] if self.rows else None

    def names(self) -> dict[object, str]:
        """Return what each relationship is called, by id."""
        return {row.pk: story.mentioned for row, story in self.rows}
