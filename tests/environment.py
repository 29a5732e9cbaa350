"""The environment under which the suite runs: set before Django reads its settings.

What is set already stays (`.ci/run` sets DATABASE_URL and REDIS_URL for its second round).
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

VAR = Path(tempfile.mkdtemp(prefix="trustrepair-tests-"))

os.environ.setdefault("SECRET_KEY", "tests only, never a real one")
os.environ.setdefault("JOURNAL_KEYS", "tests:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
# A worker of xdist inherits its parent's folder, and two that collect static files into one folder
# get in each other's way: each takes a folder of its own.
if Path(os.environ.get("VAR_DIR", VAR)).name.startswith("trustrepair-tests-"):
    os.environ["VAR_DIR"] = str(VAR)
os.environ.setdefault("SITE_URL", "http://localhost:8000")
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread

# Workers of xdist run side by side and each empties its cache between tests: each has a Redis
# database of its own number, as it has a database of its own name.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if WORKER and os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = urlunsplit(
        urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{int(WORKER) + 1}")
    )
