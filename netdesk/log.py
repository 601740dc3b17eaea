"""The log of a door: one JSON line per event, without a word that a customer wrote."""

import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

FRAMES = 12  # the innermost ones tell where it was


@cache
def logger(service: str) -> "Logger":
    from aws_lambda_powertools import Logger  # here, because most invocations log nothing

    return Logger(service=service)


def failed(service: str, what: str, error: BaseException, **facts: Any) -> None:
    """Log what failed, its kind and where; not its message, which may quote what was typed."""
    cause = error.__cause__ or error.__context__
    told: dict[str, Any] = {"error": type(error).__name__, "where": _where(error)}
    if cause:
        told |= {"cause": type(cause).__name__, "cause_where": _where(cause)}
    logger(service).error(what, **told, **facts)


def _where(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
