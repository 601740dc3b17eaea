"""What each function of the template asks of AWS in everything that it does."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk import REGION, Cloud
from tests.iam import desk, mail, status, trace
from tests.iam.observer import Observer
from tests.iam.stage import Stage

# Each in an account of its own. A new function stands in one of them.
SCENARIOS: tuple[Callable[[Stage], None], ...] = (
    desk.by_form, desk.domains, desk.by_staff, desk.erasing, desk.retention,
    *mail.KINDS, mail.large, mail.left_lying, mail.erased, mail.let_out, mail.gone, mail.refused,
    mail.told_by_ses,
    status.by_staff, status.by_the_clock,
    trace.from_both, trace.by_staff, trace.measuring,
)  # fmt: skip


def observe(account: Any) -> Observer:
    """Play all of them."""
    observer = Observer()
    for scenario in SCENARIOS:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
                patch.setenv(name, "testing")
            patch.setenv("AWS_DEFAULT_REGION", REGION)
            with observer.on():
                scenario(Stage(Cloud(), observer, patch))
        account.reset()
    return observer
