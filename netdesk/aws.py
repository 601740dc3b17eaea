"""One session and one client of each service in a process, made when first asked for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session


@cache
def session() -> "Session":
    """boto3 is made of this: what it adds, and we don't use, costs 25 CPU-ms of a cold start."""
    import botocore.session  # here, because it takes most of a cold start

    return botocore.session.Session()


@cache
def client(service: Any) -> Any:
    from botocore.config import Config

    # Links are signed with version 2 unless asked: AWS is turning that off.
    signing = Config(signature_version="s3v4") if service == "s3" else None
    with _lasting():
        return session().create_client(service, config=signing)


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made here stays: the models of services are so many objects that each look of the
    collector through them costs a cold start some 40 CPU-milliseconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@cache
def secret(name: str) -> bytes:
    answer = client("secretsmanager").get_secret_value(SecretId=name)
    return str(answer["SecretString"]).encode()


def forget() -> None:
    """Let the next call make everything anew: tests run many accounts in one process."""
    for made in (session, client, secret):
        made.cache_clear()
