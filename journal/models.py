"""Every table of this storey, for Django to find."""

from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
from journal.coaching.models import (
    Begun,
    ClientFile,
    CoachNote,
    CoachProfile,
    Opening,
    Showing,
    Withheld,
)
from journal.entries.import_models import ImportBatch, ImportPiece
from journal.entries.models import Entry, Revision
from journal.entries.segment_models import SearchSegment
from journal.relationships.models import Guest, PathStep, Relationship
from journal.spaces.guest_models import Consent, Renewal
from journal.spaces.handing_models import Handing
from journal.spaces.models import Block, Invitation, Membership, Post, Space
from journal.together.models import (
    Agreement,
    Answer,
    Bookmark,
    PlanTime,
    Question,
    Signature,
)
from journal.together.talk_models import Talk, Turn
from journal.vault.models import DataKey, KeyWrap

__all__ = [
    "Agreement",
    "Answer",
    "Begun",
    "Block",
    "Bookmark",
    "ClientFile",
    "CoachNote",
    "CoachProfile",
    "Consent",
    "DataKey",
    "Entry",
    "Guest",
    "Handing",
    "ImportBatch",
    "ImportPiece",
    "Invitation",
    "KeyWrap",
    "Membership",
    "Opening",
    "OwnExercise",
    "OwnExerciseVersion",
    "PathStep",
    "PlanTime",
    "Post",
    "Question",
    "Relationship",
    "Renewal",
    "Revision",
    "SearchSegment",
    "Showing",
    "Signature",
    "Space",
    "Talk",
    "Turn",
    "Withheld",
]
