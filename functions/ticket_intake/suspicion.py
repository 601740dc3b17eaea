"""Whether a form was filled in by a machine: staff look at it first, and nothing is dropped."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from ticket_intake import token

TRAP = "leave_empty"  # a field that people never see
TOO_SOON, TOO_LATE = timedelta(seconds=3), timedelta(hours=24)


def suspicion(fields: Mapping[str, str], secret: bytes, now: datetime) -> str:
    """Why it looks like a machine's work; nothing when it does not.

    A form without a token is no reason: script fetches it, and the form works without.
    """
    if fields.get(TRAP, "").strip():
        return "a field was filled in that people don't see"
    begun = token.form_begun(secret, fields.get("token", ""))
    if begun is None:
        return ""
    if now - begun < TOO_SOON:
        return "it was sent within 3 seconds"
    return "it was sent more than a day after it was begun" if now - begun > TOO_LATE else ""
