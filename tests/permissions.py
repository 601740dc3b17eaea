"""What the calls of a small cloud ask of IAM, by the same table as the real ones."""

from tests.iam.actions import TABLE, Ask, Given, asks
from tests.iam.granted import refused as denied

__all__ = ["Ask", "asked_of", "denied"]
SERVICES = {operation: service for service, operation in (call.split(":") for call in TABLE)}


def asked_of(method: str, given: Given) -> set[Ask]:
    operation = "".join(word.title() for word in method.split("_"))
    return asks(SERVICES[operation], operation, given)
