"""Every step of two in a room, in any order: nobody sees more than they may, and never less.

A short run by itself; `ROOM_STEPS=10000` makes it a long one.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.together.machine import TwoInARoom

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("ROOM_STEPS", "200"))
A_RUN = 40  # steps of one run, then everything begins anew


def test_any_steps_of_two_in_a_room_in_any_order() -> None:
    chosen = settings(
        max_examples=max(1, STEPS // A_RUN), stateful_step_count=A_RUN, deadline=None,
        derandomize=STEPS < 1000,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(TwoInARoom, settings=chosen)
