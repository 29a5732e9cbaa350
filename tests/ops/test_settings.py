"""Settings come from the environment alone, are written down, and pass Django's own audit."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.variables import read_by_the_code

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a management command in surroundings that hold these variables and nothing of a desk."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env={**kept, **variables}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, str]:
    """The least that settings ask for."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "JOURNAL_KEYS": f"k1:{base64.b64encode(os.urandom(32)).decode()}",
        "VAR_DIR": str(tmp_path),
    }


def test_every_variable_is_a_row_of_the_readme_and_every_row_a_variable():
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("| variable |") : readme.index("\n## Develop")]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    written = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert written == read_by_the_code()


@pytest.mark.parametrize("email", ["", "smtp+tls://user:word@mail.example.org:587"])
def test_the_deployment_check_has_no_warning_under_https(whole, email):
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        SITE_URL="https://example.org", EMAIL_URL=email, **whole,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_no_model_has_changed_without_a_migration(whole):
    done = manage("makemigrations", "--check", "--dry-run", **whole)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "JOURNAL_KEYS"])
def test_without_a_secret_nothing_starts(whole, name):
    del whole[name]
    done = manage("check", **whole)
    assert done.returncode != 0
    assert f"Set {name} or {name}_FILE" in done.stderr


def test_secrets_may_come_from_files(whole, tmp_path):
    for name in ("SECRET_KEY", "JOURNAL_KEYS"):
        path = tmp_path / f"{name} of ours"
        path.write_text(whole.pop(name) + "\n")
        whole[f"{name}_FILE"] = str(path)
    assert manage("check", **whole).returncode == 0


def test_the_database_address_may_come_from_a_file(whole, tmp_path):
    path = tmp_path / "database_url"
    path.write_text("postgres://site:word@database.example/site\n")
    done = manage(
        "shell", "-v0", "-c",
        "from django.conf import settings; print(settings.DATABASES['default']['HOST'])",
        DATABASE_URL_FILE=str(path), **whole,
    )  # fmt: skip
    assert done.stdout.strip() == "database.example", done.stderr


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "https://"])
def test_half_an_address_is_refused(whole, address):
    done = manage("check", SITE_URL=address, **whole)
    assert done.returncode != 0
    assert "SITE_URL must be a whole address" in done.stderr


def test_what_only_the_bench_measures_is_no_part_of_the_site() -> None:
    from django.conf import settings

    assert "django_celery_beat" not in settings.INSTALLED_APPS
    assert "django-celery-beat" not in (ROOT / "requirements.lock").read_text()


def test_debug_is_off_unless_asked_for(whole):
    ask = "from django.conf import settings; print(settings.DEBUG)"
    assert manage("shell", "-v0", "-c", ask, **whole).stdout.strip() == "False"


def test_further_names_come_beside_the_one_of_the_address(whole):
    ask = "from django.conf import settings; print(*settings.ALLOWED_HOSTS)"
    done = manage(
        "shell", "-v0", "-c", ask,
        SITE_URL="https://example.org", ALLOWED_HOSTS="www.example.org,notes.example", **whole,
    )  # fmt: skip
    assert done.stdout.split() == ["example.org", "www.example.org", "notes.example"]
