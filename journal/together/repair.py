"""The repair conversation: an apology that was handed over, and what can be said to it.

An apology owes nobody an answer. What is offered is "I have read it", "I need time" and "tell me
more"; forgiving is nothing that a button could say. Nobody is told that it was opened: the other
knows of it when something is said. Either may leave it where it is, and either may go on later.
"""

from typing import Any

from journal.spaces.models import Post
from journal.spaces.room import Room

APOLOGY = "apology-builder"
READ, TIME, MORE, REST = "read", "time", "more", "rest"
SENTENCES = {
    READ: "I have read it.",
    TIME: "I need time.",
    REST: "Let us leave it here for now.",
}


def is_apology(body: dict[str, Any]) -> bool:
    """Whether a copy comes from the apology builder of somebody who did the hurting."""
    return body.get("exercise") == APOLOGY


def ways(line: dict[str, Any]) -> dict[str, Any]:
    """Return what the reader may say to an apology: its writer adds, the other answers.

    Args:
        line: the apology as the page shows it.
    """
    parts = [
        {"value": str(place), "label": part["ask"]}
        for place, part in enumerate(line["parts"])
        if part["ask"]
    ]
    return {"mine": line["mine"], "parts": parts, "url": f"{line['url']}answer/"}


def answer(room: Room, post: Post, said: dict[str, Any]) -> Post:
    """Say something to an apology that this person may see; the same id twice is one.

    Args:
        said: a valid `RepairForm`'s data.
    """
    [(_, body)] = room.read([post])
    text = sentence(body, said)
    return room.write(Post.REPLY, {"title": "", "text": text}, post_id=said["post_id"], parent=post)


def sentence(body: dict[str, Any], said: dict[str, Any]) -> str:
    """Return an answer as it stands under the apology."""
    words = said["text"].strip()
    if said["said"] != MORE:
        return "\n".join(filter(None, [SENTENCES[said["said"]], words]))
    place = said["about"]
    asks = [part["ask"] for part in body["parts"]]
    about = asks[place] if place is not None and place < len(asks) else ""
    opening = f"Tell me more about this: “{about}”" if about else "Tell me more."
    return f"{opening}\n{words}"
