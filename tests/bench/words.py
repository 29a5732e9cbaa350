"""Words to measure with: texts of 2 kB made of the guide's sentences, no two alike."""

import random
import re
from collections.abc import Collection, Iterator

from django.conf import settings

LETTERS = 2_000
RARE = "heronry"
SEED = 4


def sentences() -> list[str]:
    """Return the sentences of the guide: words as people use them."""
    files = sorted((settings.BASE_DIR / "steps" / "content" / "en").rglob("*.md"))
    text = " ".join(file.read_text("utf-8").rpartition("+++")[2] for file in files)
    return [one.strip() for one in re.split(r"(?<=[.?!])\s+", text) if len(one) > 20]


def texts(many: int, rare: Collection[int] = ()) -> Iterator[str]:
    """Yield texts of 2,000 bytes, each with a word of its own; RARE stands in those numbered."""
    chance, stock = random.Random(SEED), sentences()
    for number in range(many):
        text = "".join(chance.choices("abcdefghiklmnoprstuvw", k=9)) + "."
        if number in rare:
            text += f" We walked to the {RARE}."
        while len(text.encode()) < LETTERS:
            text += " " + chance.choice(stock)
        yield text
