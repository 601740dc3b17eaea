"""The log of a door: one JSON line per event, without a word that a customer wrote."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger(service: str) -> "Logger":
    from aws_lambda_powertools import Logger  # here, because most invocations log nothing

    return Logger(service=service)
