"""Rooms against a model, step by step at random: a short run always, a long one when asked.

`ROOM_STEPS=10000 pytest tests/spaces/test_at_random.py` takes about that many steps.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.spaces.machine import Rooms

STEPS = int(os.environ.get("ROOM_STEPS", "400"))
AT_ONCE = 50 if STEPS > 1000 else 20


@pytest.mark.django_db
def test_everybody_sees_what_the_model_says_and_nothing_else() -> None:
    run_state_machine_as_test(
        Rooms,
        settings=settings(
            max_examples=max(1, STEPS // AT_ONCE),
            stateful_step_count=AT_ONCE,
            deadline=None,
            derandomize=STEPS < 1000,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
