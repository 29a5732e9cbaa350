"""Every environment variable that the code reads, found by parsing it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = ("number", "os.environ.get", "os.environ.setdefault")
# Set by the project itself, for Django and Python.
OWN = {"DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED", "PYTHONWARNINGS"}


def read_by_the_code() -> set[str]:
    """Return the names that settings.py and run.py read; a secret also by its _FILE."""
    names: set[str] = set()
    for file in ("trustrepair/settings.py", "trustrepair/run.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                names |= named_in(node)
    return names - OWN


def named_in(call: ast.Call) -> set[str]:
    """Return the variable that a call of env.…, secret, number or os.environ reads."""
    first = call.args[0]
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return set()
    name, asked = first.value, ast.unparse(call.func)
    if asked == "secret":
        return {name, f"{name}_FILE"}
    if re.fullmatch(r"env\.\w+", asked) or asked in READERS:
        return {name}
    return set()
