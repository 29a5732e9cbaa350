"""What a host can ask: ages and counts, never who and never what."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from steps.reminders import status
from steps.reminders.materialising import materialise
from steps.reminders.models import Delivery, Reminder, ReminderSettings
from tests.ops.starting import ROOT, surroundings
from trustrepair.pulse import Pulse, age_within

from .conftest import EVENING, run
from .sink import Sink

pytestmark = pytest.mark.django_db

Daily = Callable[..., Reminder]
SOON = EVENING + timedelta(seconds=10)


def due_since(reminder: Reminder, seconds: int) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Reminder.objects.filter(pk=reminder.pk).update(next_at=at)


def test_a_house_with_nothing_due_is_ready(nobody: Client, daily: Daily) -> None:
    due_since(daily(), -3600)
    answer = nobody.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": True, "cache": True, "keys": True, "reminders": True, "oldest_due_seconds": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("seconds", "code"), [(200, 200), (400, 503)])
def test_it_is_not_ready_when_a_due_reminder_waits_for_too_long(
    nobody: Client, daily: Daily, seconds: int, code: int
) -> None:
    due_since(daily(), seconds)
    answer = nobody.get("/health/ready")
    assert answer.status_code == code
    assert answer.json()["reminders"] is (code == 200)
    assert seconds <= answer.json()["oldest_due_seconds"] < seconds + 60


def test_an_occurrence_that_nobody_takes_counts_as_late_too(nobody: Client, daily: Daily) -> None:
    due_since(daily(), 400)
    list(materialise(timezone.now()))
    assert nobody.get("/health/ready").status_code == 503


def test_what_a_mail_server_put_off_is_told_and_is_no_fault_of_the_workers(
    nobody: Client, daily: Daily
) -> None:
    due_since(daily(), 400)
    list(materialise(timezone.now()))
    Delivery.objects.update(attempts=1, free_at=timezone.now() + timedelta(minutes=5))
    answer = nobody.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["oldest_due_seconds"] >= 400


def test_metrics_are_counts_for_this_machine(nobody: Client, daily: Daily) -> None:
    daily()
    run(SOON)
    answer = nobody.get("/health/metrics", headers={"host": "localhost"})
    assert answer.status_code == 200
    lines = answer.content.decode().splitlines()
    assert 'reminders_deliveries{state="sent"} 1' in lines
    assert 'reminders_schedules{state="on"} 1' in lines
    assert all(line.startswith(("# TYPE ", "reminders_")) for line in lines)
    assert "ana" not in answer.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Basic a-long-token"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wröng"},
    ],
)
def test_for_anybody_else_there_are_no_metrics(
    nobody: Client, settings: Any, asked: dict[str, str]
) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    answer = nobody.get("/health/metrics", **asked)
    absent = nobody.get("/health/nothing-here", **asked)
    assert answer.status_code == absent.status_code == 404
    assert b"reminders_" not in answer.content


def test_without_a_token_an_empty_one_opens_nothing(nobody: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    asked = {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "}
    assert nobody.get("/health/metrics", **asked).status_code == 404


def test_the_token_opens_the_metrics_from_anywhere(nobody: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    asked = {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer a-long-token"}
    assert nobody.get("/health/metrics", **asked).status_code == 200


def test_the_command_line_says_counts_and_no_names(daily: Daily, ana: Any) -> None:
    daily()
    run(SOON)
    ReminderSettings.objects.filter(person=ana).update(refused_at=SOON)
    out = StringIO()
    call_command("reminders", "status", stdout=out)
    told = {line[:24].strip(): line[24:].strip() for line in out.getvalue().splitlines()}
    assert told["sent"] == "1"
    assert told["on"] == "1"
    assert "example.org" not in out.getvalue()
    assert str(Reminder.objects.get().pk) not in out.getvalue()


def test_reasons_are_counted(daily: Daily) -> None:
    daily()
    daily(kind="gratitude")
    run(SOON)
    assert status.reasons(EVENING - status.DAY) == {"day": 1}


def test_a_test_mail_arrives_and_says_nothing(sink: Sink, settings: Any) -> None:
    settings.EMAIL_URL = sink.url
    out = StringIO()
    call_command("send_test_mail", "host@example.org", stdout=out)
    assert "took it" in out.getvalue()
    assert sink.mails[0]["To"] == "host@example.org"
    assert settings.SITE_NAME not in str(sink.mails[0])


def test_a_test_mail_that_cannot_leave_says_why(sink: Sink) -> None:
    sink.answers["host@example.org"] = "550 nobody here"
    with pytest.raises(CommandError, match="nobody here"):
        call_command("send_test_mail", "host@example.org")
    with pytest.raises(CommandError, match="no mail address"):
        call_command("send_test_mail", "host")


# --- the watchdog ---------------------------------------------------------------------------------
def test_a_pulse_is_silent_only_after_its_time_and_says_so_once(tmp_path: Path) -> None:
    file = tmp_path / "pulse"
    pulse = Pulse(file, seconds=0.3)
    assert not pulse.is_silent()
    time.sleep(0.2)
    file.touch()
    assert not pulse.is_silent()
    time.sleep(0.2)
    assert not pulse.is_silent()
    time.sleep(0.3)
    assert pulse.is_silent()
    assert not pulse.is_silent()


HOUSE = """
import sys
from pathlib import Path
from trustrepair import run
from trustrepair.pulse import Pulse
run.STOPPING_SECONDS = 1
folder = Path(sys.argv[1])
worker = (
    "import os, pathlib, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "began = pathlib.Path(sys.argv[1]) / 'began'; first = not began.exists();"
    "began.open('a').write(str(os.getpid()) + chr(10));"
    "os.kill(os.getpid(), signal.SIGSTOP) if first else sys.exit(7)"
)
parts = {"worker": [sys.executable, "-c", worker, str(folder)]}
sys.exit(run.House(parts, Pulse(folder / "pulse", 6)).keep_running("http://x", "127.0.0.1", 1))
"""


def test_a_worker_that_is_alive_but_silent_is_ended_and_started_anew(tmp_path: Path) -> None:
    """The first worker stands still and does not hear SIGTERM; the second ends by itself."""
    done = subprocess.run(
        [sys.executable, "-c", HOUSE, str(tmp_path)], cwd=ROOT, timeout=60,
        capture_output=True, text=True,
        env=surroundings(tmp_path, SITE_URL="http://localhost:1"),
    )  # fmt: skip
    assert "alive but silent" in done.stdout, done.stderr
    assert "The worker ended by itself (code 7)" in done.stderr
    first, second = (int(pid) for pid in (tmp_path / "began").read_text().split())
    assert first != second
    for pid in (first, second):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_pulse_is_heard_within_its_time_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "pulse"
    assert not age_within(file, 300)
    file.touch()
    assert age_within(file, 300)
    os.utime(file, (time.time() - 301, time.time() - 301))
    assert not age_within(file, 300, wait=0.1)


def test_a_worker_in_a_container_is_asked_to_work_not_whether_it_lives(tmp_path: Path) -> None:
    """The pulse is an hour old: only a task that this very worker does makes it young again."""
    folder = tmp_path / "var"
    (folder / "broker").mkdir(mode=0o700, parents=True)
    file = folder / "pulse"
    file.touch()
    os.utime(file, (time.time() - 3600, time.time() - 3600))
    around = surroundings(folder, SECRET_KEY="s" * 50, JOURNAL_KEYS=f"k1:{'A' * 43}=")
    command = [sys.executable, "-m", "trustrepair.run"]
    with subprocess.Popen([*command, "--only", "worker"], cwd=ROOT, env=around) as worker:
        try:
            for _ in range(3):  # it may still be starting
                asked = subprocess.run([*command, "--ask", "worker"], cwd=ROOT, env=around)
                if asked.returncode == 0:
                    break
        finally:
            worker.terminate()
    assert asked.returncode == 0
    assert time.time() - file.stat().st_mtime < 60
    assert worker.returncode == 0
