"""Where staff work: the desk, and what is private to a customer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ticket_intake.codes import Codes
from ticket_intake.desk import Desk

if TYPE_CHECKING:
    from ticket_intake.erasure import Eraser


@dataclass(frozen=True)
class Office:
    desk: Desk
    codes: Callable[[], Codes]  # made when the first is asked for
    eraser: "Callable[[], Eraser]"
