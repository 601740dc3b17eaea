"""The log of a door: one JSON line per event, without a word that a customer wrote."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger(service: str) -> Logger:
    return Logger(service=service)
