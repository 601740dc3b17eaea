"""How much time is left: who is killed in the middle of a work leaves it to be done twice."""

from typing import Any

RESERVE = 5_000  # milliseconds, more than one mail takes


def is_late(context: Any) -> bool:
    """Too late to begin anything new: what is not begun comes again.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """
    return bool(context.get_remaining_time_in_millis() < RESERVE)
