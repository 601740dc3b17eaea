"""Goes on when a check can't be done: that it could not is a finding, too."""

from collections.abc import Callable, Iterator
from http.client import HTTPException

from botocore.exceptions import BotoCoreError, ClientError

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad
from netdesk.doctor.records import Unanswered
from netdesk.text import one_line

DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def trying(desk: Desk, findings: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from findings
    except Exception as error:  # whatever it was, the other parts are still to be looked at
        yield _unchecked(desk, error)


def attempt(desk: Desk, look: Callable[[Desk], Finding]) -> Finding:
    """The same for what is one finding."""
    try:
        return look(desk)
    except Exception as error:
        return _unchecked(desk, error)


def _unchecked(desk: Desk, error: Exception) -> Finding:
    advice = _advice(error)
    return bad(
        f"It could not be checked: {_told(error)}",
        advice or "Mend that, and run the doctor again; the log of the functions may say more:",
        *(() if advice else (desk.log_command,)),
    )


def _told(error: Exception) -> str:
    if isinstance(error, ClientError):
        said = error.response["Error"].get("Message") or error.response["Error"]["Code"]
        return one_line(f"{error.operation_name}: {said}", 300)
    told = error.strerror if isinstance(error, OSError) else None
    return one_line(told or str(error) or type(error).__name__, 300)


def _advice(error: Exception) -> str:
    """What to do where that is known; empty if it is not."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in DENIED:
        return "AWS does not let you do that: run the doctor as who deployed the stack."
    if code in EXPIRED:
        return "Sign in to AWS again, and run the doctor again."
    if isinstance(error, BotoCoreError):
        return "Is this machine online, and do you know your AWS profile? Run the doctor again."
    if isinstance(error, Unanswered):
        return (
            "Is this machine online? Ask another resolver: --resolver 9.9.9.9; if that fails "
            "alike, the name servers of this name are at fault."
        )
    if isinstance(error, OSError | HTTPException):
        return (
            "Is this machine online? If it is, the desk does not answer, or its name leads "
            "elsewhere: see what was found above."
        )
    return ""
