"""One session and one client of each service in a process, made when first asked for."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.session import Session


@cache
def session() -> "Session":
    """boto3 is made of this: what it adds, and we don't use, costs 25 CPU-ms of a cold start."""
    import botocore.session  # here, because it takes most of a cold start

    return botocore.session.Session()


@cache
def client(service: Any) -> Any:
    with _lasting():
        return session().create_client(service, config=_signing() if service == "s3" else None)


def _signing() -> "Config":
    """Links are signed with version 2 unless asked, which AWS is turning off; and they name no
    region unless asked, so that S3 may send the reader on to where the signature is wrong.

    https://docs.aws.amazon.com/AmazonS3/latest/API/UsingRouting.html
    """
    from botocore.config import Config

    emulated = "AWS_ENDPOINT_URL" in os.environ  # whose buckets have no names of their own
    return Config(
        signature_version="s3v4", s3={"addressing_style": "path" if emulated else "virtual"}
    )


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
