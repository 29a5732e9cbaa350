"""A guide just large enough to be whole, written into a folder, for tests that break it."""

from pathlib import Path

from steps.checks import LETTERS, NOTES, SHELVES
from steps.pieces import CAUSES, FEAR, PARTS, STEPS, TOOLS
from steps.shapes import SECTIONS

HOMES = {**dict.fromkeys(STEPS, "steps"), **dict.fromkeys(TOOLS, "tools")}


def exercise_keys(home: str) -> list[str]:
    """Return the keys of the exercises a home has in the small guide."""
    count = 4 if HOMES[home] == "steps" else 2
    return [f"{HOMES[home]}-{home}-{number}" for number in range(1, count + 1)]


FIRST, SECOND = exercise_keys("communicate-openly")[:2]


def sections(kind: str) -> str:
    return "\n".join(
        f"## About {id} {{#{id}}}\n\nSome words about it, and about {{person}}.\n"
        for id in SECTIONS[kind]
    )


def questions(count: int) -> str:
    asked = ", ".join(f'"Question {number} for {{person}}?"' for number in range(1, count + 1))
    return "[questions]\n" + "\n".join(f"{part} = [{asked}]" for part in PARTS)


def leans(name: str, *keys: str) -> str:
    return "[" + ", ".join(f'{{{name} = "{key}", why = "Because of {key}."}}' for key in keys) + "]"


def exercise(title: str) -> str:
    return f"""+++
title = "{title}"
minutes = 10
purpose = "To tell {{person}} something."
closing = "You can leave it here."

[[fields]]
key = "want"
type = "long"
ask = "What do you want?"
ask_hurt = "What do you want from {{person}}?"

[[fields]]
key = "pick"
type = "choice"
ask = "Which one?"
options = [
  {{value = "a", label = "This"}}, {{value = "b", label = "That", link = "safety:planning"}},
]

[[fields]]
key = "said"
type = "frame"
ask = "Say it."
frame = "I felt {{feeling}} when {{person}} {{event}}."

[[fields]]
key = "much"
type = "scale"
ask = "How much?"
low = "a little"
high = "a lot"
+++
## An example {{#example}}

An invented person wrote this.
"""


def write_guide(top: Path, language: str = "en") -> Path:
    """Write the small guide below `top` and return the folder of its language."""
    root = top / language
    files: dict[str, str] = {}
    for order, key in enumerate(CAUSES, start=1):
        files[f"causes/{key}.md"] = f"""+++
title = "Cause {key}"
order = {order}
summary = "A line about {key}."
safety_first = {"true" if key == "betrayal" else "false"}
lean_on = {leans("step", *STEPS[:2])}
exercises = {leans("exercise", FIRST, SECOND)}
sources = [{{author = "Nobody", year = 2020, found = "Something.", sure = "Not very."}}]
{questions(4)}
[kinds]
friend = "With a friend it is different."
+++
{sections("cause")}
See [the page](exercise:{FIRST}), [a step](step:quality-time), [planning](safety:planning).
"""
    for kind, keys in (("step", STEPS), ("tool", TOOLS)):
        for order, key in enumerate(keys, start=1):
            listed = ", ".join(f'"{one}"' for one in exercise_keys(key))
            more = (
                f'short_title = "{key[:20]}"\nafraid = "Rest."\nafraid_act = "Rest."'
                if kind == "step"
                else ""
            )
            files[f"{kind}s/{key}.md"] = f"""+++
title = "{kind.title()} {key}"
order = {order}
summary = "A line about {key}."
small_act = "Do one small thing."
exercises = [{listed}]
{more}
{questions(3) if kind == "step" else ""}
+++
{sections(kind)}"""
            for one in exercise_keys(key):
                files[f"{kind}s/{key}/{one}.md"] = exercise(one)
    for shelf in SHELVES:
        count = {"gratitude": 60, "checkin": 60, "together": 24}.get(shelf, 12)
        files[f"prompts/{shelf}.toml"] = "".join(
            f'[[prompts]]\nkey = "{shelf}-{number:03}"\n'
            f'text = "{shelf} {number} a{number} b{number}?"\n'
            f"depth = {1 + 3 * number // (count + 1)}\n"
            for number in range(1, count + 1)
        )
    files["stress.toml"] = "".join(
        f"""[[rows]]
cause = "{cause}"
part = "{part}"
opening = "For {cause} and {part}."
pace = "{"slow" if cause in ("betrayal", FEAR) else "steady"}"
safety_first = {"true" if cause in ("toxic-patterns", FEAR) else "false"}
steps = {leans("step", *(STEPS[(at + by) % 8] for by in range(3)))}
exercises = {leans("exercise", *(exercise_keys(STEPS[(at + by) % 8])[0] for by in range(2)))}
"""
        for at, cause in enumerate((*CAUSES, FEAR))
        for part in PARTS
    )
    files["feelings.toml"] = "".join(
        f'[[feelings]]\nword = "word {number}"\nenergy = "high"\npleasant = true\nmeaning = "m"\n'
        for number in range(120)
    )
    files["feelings.toml"] += '[[places]]\nkey = "chest"\nlabel = "In the chest"\n'
    for order, note in enumerate(NOTES, start=1):
        files[f"safety/{note}.md"] = (
            f'+++\ntitle = "{note}"\norder = {order}\nsummary = "About {note}."\n+++\n'
            "## First {#first}\n\nWords.\n\n### Below {#below}\n\nMore words.\n"
        )
    files["safety/help-lines.toml"] = 'note = "Numbers change."\n' + "".join(
        f"""[[countries]]
code = "A{letter}"
name = "Country {letter}"
emergency = "112"
[[countries.lines]]
name = "Victim Support {letter}"
for = "Anyone"
number = "0800 {letter}"
hours = "always"
source = "a page"
checked = 2026-11-22
"""
        for letter in "ABCDEFGHIJKL"
    )
    for kind in LETTERS:
        files[f"letters/{kind}.toml"] = (
            f'[[variants]]\nkey = "{kind}-01"\nsubject = "A note"\nbody = "See {{link}}."\n'
        )
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
