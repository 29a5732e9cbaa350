"""`make run` from the outside: it starts, it stops whole, and where it must it refuses."""

import os
import shutil
import signal
import socket
import stat
from pathlib import Path

import pytest

from tests.ops.starting import Site, free_port, python, run

SEAL_SOMETHING = """
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from trustrepair.accounts.models import User
ana = User.objects.create_user("ana@example.org")
story = Story(name="Ruta", kind="family", part="hurt", afraid="no", happened="It.", causes={})
Relationship.begin(ana, Keyring.of(ana), story)
"""


@pytest.fixture(scope="module")
def prepared_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "var"
    done = run("--prepare", folder=folder)
    assert done.returncode == 0, done.stderr
    python(SEAL_SOMETHING, folder)
    return folder


@pytest.fixture
def prepared(prepared_once: Path, tmp_path: Path) -> Path:
    """A folder of a site with something sealed in it, a fresh copy for each test."""
    return shutil.copytree(prepared_once, tmp_path / "var")


def refuses(done, *words: str) -> None:
    """Assert one sentence, on the error stream, with these words, and a non-zero exit."""
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert "Ready" not in done.stdout


def test_it_starts_serves_and_ends_whole_on_ctrl_c(tmp_path):
    site = Site(tmp_path / "var")
    try:
        first = site.wait_until_ready()
        assert site.address in site.said
        assert site.get("/health/live")[0] == 200
        assert site.get("/health/ready")[0] == 200
        assert b"<html" in site.get("/")[1]
        family = site.family()
        commands = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in family}
        for part in ("granian", "worker", "beat"):
            assert any(part in command for command in commands.values()), part
    finally:
        assert site.end(signal.SIGINT) == 0
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in site.said
    again = Site(tmp_path / "var")
    try:
        second = again.wait_until_ready()
    finally:
        assert again.end(signal.SIGTERM) == 0
    assert second < max(first, 10), "a second start finds everything done"
    assert "key" not in again.said, "the key is announced once"
    assert not again.family()


def test_a_part_that_dies_ends_everything_with_a_clear_line(prepared):
    site = Site(prepared)
    site.wait_until_ready()
    family = site.family()
    for pid in family:
        if "worker" in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
            os.kill(pid, signal.SIGKILL)
            break
    site.said += site.process.communicate(timeout=60)[0]
    assert site.process.returncode == 1
    assert "The worker ended by itself" in site.said
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


def test_the_first_start_makes_keys_that_only_the_owner_reads(tmp_path):
    folder = tmp_path / "var"
    done = run("--prepare", folder=folder, DEBUG="1")
    assert done.returncode == 0, done.stderr
    assert (folder / "static" / ".collected").exists(), "DEBUG stays off, whoever set it"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keys = {name: (folder / name).read_text() for name in ("secret_key", "journal_keys")}
    for name in (*keys, "trustrepair.sqlite3"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    told = [line for line in done.stdout.splitlines() if "journal_keys" in line]
    assert len(told) == 1 and "copy" in told[0]
    for text in keys.values():
        assert text.strip().split(":")[-1] not in done.stdout + done.stderr
    again = run("--prepare", folder=folder)
    assert again.returncode == 0 and "journal_keys" not in again.stdout
    assert keys == {name: (folder / name).read_text() for name in keys}


def test_a_taken_port_is_refused(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        refuses(run(folder=tmp_path / "var", PORT=port), port, "PORT=")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "8000.5", "²"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    refuses(run(folder=tmp_path / "var", PORT=port), "PORT must be a whole number")


def test_a_host_that_is_none_is_refused(tmp_path):
    refuses(run(folder=tmp_path / "var", HOST="no such host"), "HOST", "no such host")


def test_a_file_where_the_folder_should_be_is_refused(tmp_path):
    (tmp_path / "var").write_text("not a folder")
    refuses(run(folder=tmp_path / "var"), "cannot be written to", "VAR_DIR")


def test_a_folder_nobody_may_write_to_is_refused():
    refuses(run(folder=Path("/proc/trustrepair")), "cannot be written to", "VAR_DIR")


def test_a_missing_key_is_refused_for_a_sealed_database_and_never_made_anew(prepared):
    (prepared / "journal_keys").unlink()
    refuses(run(folder=prepared), "journal_keys", "put your copy")
    assert not (prepared / "journal_keys").exists()


def test_the_wrong_key_is_refused_for_a_sealed_database(prepared):
    kept = (prepared / "journal_keys").read_text()
    other = "A" * 43 + "="
    (prepared / "journal_keys").write_text(f"{kept.split(':')[0]}:{other}\n")
    refuses(run(folder=prepared), "is not the one that sealed this database")
    (prepared / "journal_keys").write_text(f"another:{other}\n")
    refuses(run(folder=prepared), "does not hold")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("nonsense", "id:key"),
        ("k1:short", "JOURNAL_KEYS"),
        ("k1:!!!!", "not valid base64"),
        (" , ", "empty"),
    ],
)
def test_keys_that_cannot_be_read_are_refused(tmp_path, keys, words):
    done = run(folder=tmp_path / "var", JOURNAL_KEYS=keys)
    refuses(done, "JOURNAL_KEYS", words)
    assert keys.partition(":")[2].strip() not in done.stderr or ":" not in keys


def test_a_key_file_that_is_not_there_is_refused(tmp_path):
    missing = str(tmp_path / "nowhere")
    refuses(run(folder=tmp_path / "var", JOURNAL_KEYS_FILE=missing), "JOURNAL_KEYS_FILE", missing)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "example.org"),
        ("SITE_URL", "https://example.org/notes"),
        ("SITE_URL", "http://localhost:99999"),
        ("TRUSTED_PROXIES", "many"),
        ("TRUSTED_PROXIES", "-1"),
        ("WEB_WORKERS", "0"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "oracle://x"),
        ("EMAIL_URL", "mail.example.org"),
        ("EXIT_URL", "weather"),
        ("EXIT_URL", "javascript:alert(1)"),
        ("DEFAULT_FROM_EMAIL", "Notes"),
        ("DEFAULT_TIME_ZONE", "Mars/Olympus"),
        ("LANGUAGE_CODE", "xx"),
        ("LOG_LEVEL", "loud"),
        ("COACH_SIGNUP", "everybody"),
        ("CONTENT_DIRS", "/no/such/folder"),
        ("IMPORT_MOST_MB", "0"),
        ("REMINDERS_LATE_SECONDS", "0"),
        ("STATIC_ROOT", "/proc/static"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(tmp_path, name, value):
    refuses(run("--prepare", folder=tmp_path / "var", **{name: value}), name)


def test_a_database_that_does_not_answer_is_refused_without_its_password(tmp_path):
    address = f"postgres://site:verysecret@127.0.0.1:{free_port()}/site"
    done = run("--prepare", folder=tmp_path / "var", DATABASE_URL=address)
    refuses(done, "The database cannot be opened")
    assert "verysecret" not in done.stderr


def test_a_redis_that_does_not_answer_is_refused_without_its_password(tmp_path):
    address = f"redis://:verysecret@127.0.0.1:{free_port()}/0"
    done = run("--prepare", folder=tmp_path / "var", REDIS_URL=address)
    refuses(done, "REDIS_URL")
    assert "verysecret" not in done.stderr
