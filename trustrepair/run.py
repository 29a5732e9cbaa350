"""`python -m trustrepair.run`: the whole site from one command, as `make run` starts it.

Makes what a first start needs, refuses with one sentence where it must, prepares database, guide
and static files, then keeps web server, Celery worker and beat running together: one ends, all end.

    python -m trustrepair.run             the site
    python -m trustrepair.run --dev       DEBUG on, reloads on change
    python -m trustrepair.run --demo      made-up people, on a folder of its own
    python -m trustrepair.run --prepare   prepare only, then stop (containers)
    python -m trustrepair.run --only web  one part of what is prepared (containers)
    python -m trustrepair.run --ask web   whether that part is well (health checks of containers)
"""

import argparse
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from environs import EnvError

from trustrepair.pulse import SILENT_SECONDS, Pulse, age_within

BASE_DIR = Path(__file__).resolve().parent.parent
# What points a process at somebody's real data; the demo forgets all of it.
REAL = (
    "ALLOWED_HOSTS", "DATABASE_URL", "DATABASE_URL_FILE", "EMAIL_URL", "EMAIL_URL_FILE",
    "JOURNAL_KEYS", "JOURNAL_KEYS_FILE", "REDIS_URL", "REDIS_URL_FILE", "SECRET_KEY",
    "SECRET_KEY_FALLBACKS", "SECRET_KEY_FILE", "SITE_URL", "STATIC_ROOT", "TRUSTED_PROXIES",
)  # fmt: skip
STARTING_SECONDS = 90
STOPPING_SECONDS = 10


class Refusal(Exception):
    """Why there is no start, in one sentence for the person at the terminal."""


# --- what a start needs ---------------------------------------------------------------------------
def number(name: str, default: int, low: int, high: int) -> int:
    """Return a whole number from the environment, or refuse."""
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise Refusal(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def settle_environment(mode: argparse.Namespace) -> tuple[str, int]:
    """Write what the children shall read into the environment; return host and port."""
    if mode.demo:
        for name in REAL:
            os.environ.pop(name, None)
        os.environ["VAR_DIR"] = str(BASE_DIR / "var" / "demo")
    os.umask(0o077)  # whatever is made from here on is closed to the machine's other users
    host = os.environ.get("HOST") or "127.0.0.1"
    port = number("PORT", 8010 if mode.demo else 8000, 1, 65535)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trustrepair.settings")
    os.environ.setdefault("VAR_DIR", str(BASE_DIR / "var"))
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    os.environ["DEBUG"] = "true" if mode.dev else "false"
    os.environ["PYTHONUNBUFFERED"] = "1"
    return host, port


def make_folder(folder: Path) -> None:
    """Make the folder that holds everything, closed to others; refuse where nobody can write."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for name in ("broker", "broker-control", "mailbox"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refusal(
            f"The folder {folder} cannot be written to ({error.strerror}): change its owner, or "
            "set VAR_DIR to a folder that can."
        ) from error


def keep(path: Path, text: str) -> None:
    """Write a secret so that only its owner reads it and no crash loses it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def check_port(host: str, port: int) -> None:
    """Refuse where the web server could not listen."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise Refusal(f"HOST is {host!r}, which is no address of this machine.") from error
    except OSError as error:
        raise Refusal(
            f"Port {port} on {host} cannot be used ({error.strerror}): stop what holds it, or "
            f"choose another with PORT, such as PORT={port + 1 if port < 65535 else 8000}."
        ) from error


# --- keys -----------------------------------------------------------------------------------------
def find_secret_key(folder: Path) -> None:
    """Point at the secret key; make one where there is none."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    path = folder / "secret_key"
    if not path.exists():
        keep(path, secrets.token_urlsafe(64))
    os.environ["SECRET_KEY_FILE"] = str(path)


def find_journal_keys(folder: Path) -> Path | None:
    """Point at the journal's keys, or set a fresh one that is written down nowhere yet.

    Returns:
        where the fresh key belongs once `confirm_journal_keys` has agreed; None if there are keys.
    """
    if os.environ.get("JOURNAL_KEYS") or os.environ.get("JOURNAL_KEYS_FILE"):
        return None
    path = folder / "journal_keys"
    if path.exists():
        os.environ["JOURNAL_KEYS_FILE"] = str(path)
        return None
    from journal.vault.keks import new_kek

    os.environ["JOURNAL_KEYS"] = new_kek()
    return path


def confirm_journal_keys(unwritten: Path | None) -> None:
    """Write the fresh key down, unless there are sealed words that it could not open."""
    from journal.vault.checks import vault_ready

    if unwritten is None:
        if sentence := vault_ready():
            raise Refusal(sentence)
        return
    if sealed_already():
        raise Refusal(
            f"The database holds sealed writing, but {unwritten} is missing: put your copy of that "
            "key back, because a new one would not open what was written."
        )
    keep(unwritten, os.environ.pop("JOURNAL_KEYS"))
    os.environ["JOURNAL_KEYS_FILE"] = str(unwritten)
    say(f"The journal's key is in {unwritten}: keep a copy somewhere safe, nothing else opens it.")


def sealed_already() -> bool:
    """Tell whether this database holds anything that some key has sealed."""
    from django.db import connection

    from journal.vault.models import KeyWrap

    tables = connection.introspection.table_names()
    return KeyWrap._meta.db_table in tables and KeyWrap.objects.exists()


# --- preparing ------------------------------------------------------------------------------------
def load_django() -> None:
    """Read the settings and reach database and cache, or refuse."""
    from django.db import DatabaseError, connection

    try:
        django.setup()
    except (ImproperlyConfigured, EnvError, ValueError) as error:
        raise Refusal(str(error)) from error
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise Refusal(f"The database cannot be opened: {reason}") from error


def prepare(unwritten: Path | None) -> None:
    """Bring database, guide and static files up to this version of the code."""
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connections

    confirm_journal_keys(unwritten)
    if len(settings.SECRET_KEY) < 32:
        raise Refusal("SECRET_KEY is shorter than 32 characters, which a guesser could find.")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    try:
        cache.get("start")
    except Exception as error:  # every cache has errors of its own
        raise Refusal(f"The server that REDIS_URL names does not answer: {error}") from error
    call_command("sync_content", verbosity=0)
    if not settings.DEBUG:
        collect_static()
    connections.close_all()


def collect_static() -> None:
    """Collect and compress static files when any of them changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256(repr((django.VERSION, settings.STORAGES)).encode())
    seen.update((BASE_DIR / "trustrepair" / "static.py").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen.update(name.encode() + b"\0" + Path(storage.path(name)).read_bytes())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    try:
        if stamp.exists() and stamp.read_text() == seen.hexdigest():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(seen.hexdigest())
    except OSError as error:
        raise Refusal(
            f"The folder {stamp.parent} cannot be written to ({error.strerror}): change its owner, "
            "or set STATIC_ROOT to a folder that can."
        ) from error


# --- running --------------------------------------------------------------------------------------
def commands(host: str, port: int, dev: bool) -> dict[str, list[str]]:
    """Return the command line of every part."""
    python = sys.executable
    workers = number("WEB_WORKERS", 2, 1, 64)
    threads = number("WEB_THREADS", 16, 1, 128)
    tasks = number("WORKER_PROCESSES", 1, 1, 64)
    web = [
        python, "-m", "granian", "trustrepair.wsgi:application", "--interface", "wsgi",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(threads), "--backlog", "1024", "--backpressure", str(threads * 4),
        "--no-ws", "--respawn-failed-workers", "--respawn-interval", "1",
        "--workers-kill-timeout", "5", "--log-level", "error",
    ]  # fmt: skip
    if dev:
        web = [python, "manage.py", "runserver", f"{host}:{port}"]
    celery = [python, "-m", "celery", "-q", "-A", "trustrepair"]
    pool = ["--pool", "solo"] if tasks == 1 else ["--pool", "prefork", "-c", str(tasks)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return {
        "web": web,
        "worker": [*celery, "worker", *pool, *quiet, "-n", "worker@%h", "-l", "WARNING"],
        "beat": [
            *celery,
            "beat",
            "-n",
            "beat@%h",
            "--enable-remote-control",
            "--loglevel",
            "WARNING",
        ],
    }


def ask(part: str, host: str, port: int) -> int:
    """Return 0 when one part of the site, running on this machine or in this container, is well."""
    if part == "web":
        return 0 if answers(host, port, "/health/ready") else 1
    celery = [sys.executable, "-m", "celery", "-q", "-A", "trustrepair"]
    if part == "beat":
        asked = [*celery, "inspect", "ping", "-t", "5", "-d", f"beat@{socket.gethostname()}"]
        return subprocess.run(asked, cwd=BASE_DIR).returncode
    pulse = ["trustrepair.doors.tasks.pulse", "--queue", own_queue(), "--expires", "60"]
    rung = subprocess.run([*celery, "call", *pulse], cwd=BASE_DIR, stdout=subprocess.DEVNULL)
    heard = age_within(Path(os.environ["VAR_DIR"]) / "pulse", SILENT_SECONDS, wait=10)
    return rung.returncode or int(not heard)


def own_queue() -> str:
    """Return the queue that only this machine's worker takes from: each is asked for itself."""
    return f"worker.{socket.gethostname()}"


def child_environment() -> dict[str, str]:
    """Return the children's environment. As root, Celery's advice against root is left out."""
    return {**os.environ, "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}


class House:
    """The running parts. One ends, all end; so do they on Ctrl-C, SIGTERM and a closed terminal."""

    def __init__(self, parts: dict[str, list[str]], pulse: Pulse) -> None:
        self.parts, self.pulse = parts, pulse
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_end = False

    def end(self, *_: object) -> None:
        """Remember, as a signal handler, that somebody wants this to end."""
        self.asked_to_end = True

    def keep_running(self, address: str, host: str, port: int) -> int:
        """Start every part, say when the web answers, stay until the end; return the exit code.

        Each part leads a process group of its own, so that Ctrl-C reaches this process alone and
        a part is asked to end once, in order.
        """
        for number_of_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number_of_signal, self.end)
        began, ready = time.monotonic(), "web" not in self.parts
        fallen: str | None = None
        try:
            for name in self.parts:
                self.begin(name)
            while not self.asked_to_end and fallen is None:
                if not ready and answers(host, port):
                    ready = True
                    say(f"Ready. Open {address}   (Ctrl-C stops everything)")
                    if not (os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_URL_FILE")):
                        say(f"Mail is not sent; yours is at {address}/mailbox/ on this machine.")
                if not ready and time.monotonic() - began > STARTING_SECONDS:
                    fallen = f"The site did not answer within {STARTING_SECONDS} seconds"
                time.sleep(0.2)
                if self.pulse.is_silent():
                    say("The worker was alive but silent, so it is started anew.")
                    self.stop("worker")
                    self.begin("worker")
                for name, part in self.running.items():
                    if part.poll() is not None:
                        fallen = f"The {name} ended by itself (code {part.returncode})"
        finally:
            self.stop(*self.running)
        if self.asked_to_end:
            say("Stopped.")
            return 0
        print(f"{fallen}, so everything was stopped; the lines above say why.", file=sys.stderr)
        return 1

    def begin(self, name: str) -> None:
        """Start one part."""
        self.running[name] = subprocess.Popen(
            self.parts[name], cwd=BASE_DIR, env=child_environment(), start_new_session=True
        )

    def stop(self, *names: str) -> None:
        """Ask parts to end, wait a while, and end what is left of their groups."""
        parts = [self.running[name] for name in names]
        for part in parts:
            if part.poll() is None:
                part.terminate()
        until = time.monotonic() + STOPPING_SECONDS
        for part in parts:
            with suppress(subprocess.TimeoutExpired):
                part.wait(max(0.1, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(part.pid, signal.SIGKILL)
            part.wait()


def answers(host: str, port: int, path: str = "/health/live") -> bool:
    """Tell whether the web server says that it is alive, or ready."""
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    name = urlsplit(os.environ["SITE_URL"]).hostname or "localhost"
    request = urllib.request.Request(f"http://{near}:{port}{path}", headers={"Host": name})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def say(line: str) -> None:
    """Print one line at once, for the person at the terminal."""
    print(line, flush=True)


def start(mode: argparse.Namespace) -> int:
    """Do what the command line asked for and return the exit code."""
    host, port = settle_environment(mode)
    if mode.ask:
        return ask(mode.ask, host, port)
    parts = commands(host, port, mode.dev)
    if mode.only == "worker":
        worker = [*parts["worker"], "-Q", f"celery,{own_queue()}"]
        pulse = Pulse(Path(os.environ["VAR_DIR"]) / "pulse")
        return House({"worker": worker}, pulse).keep_running("", host, port)
    if mode.only:
        os.chdir(BASE_DIR)
        os.execve(sys.executable, parts[mode.only], child_environment())  # noqa: S606
    folder = Path(os.environ["VAR_DIR"]).absolute()
    os.environ["VAR_DIR"] = str(folder)
    make_folder(folder)
    if not mode.prepare:
        check_port(host, port)
    find_secret_key(folder)
    unwritten = find_journal_keys(folder)
    load_django()
    prepare(unwritten)
    if mode.prepare:
        return 0
    if mode.demo:
        call_command("demo")
    pulse = Pulse(folder / "pulse")
    return House(parts, pulse).keep_running(os.environ["SITE_URL"], host, port)


def parser() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    said = argparse.ArgumentParser(prog="trustrepair.run", description="Start the whole site.")
    one = said.add_mutually_exclusive_group()
    one.add_argument("--dev", action="store_true", help="DEBUG on, reload on change")
    one.add_argument("--demo", action="store_true", help="made-up people in a folder of its own")
    one.add_argument("--prepare", action="store_true", help="prepare everything, then stop")
    for name, text in {"--only": "run one part", "--ask": "ask whether one part is well"}.items():
        one.add_argument(name, choices=["web", "worker", "beat"], help=text)
    return said


def main() -> int:
    """Read the command line; turn a refusal into one sentence and a non-zero exit."""
    try:
        return start(parser().parse_args())
    except (Refusal, CommandError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
