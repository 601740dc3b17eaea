"""Clients of AWS as functions make them."""

from urllib.parse import urlsplit

import pytest

from netdesk import aws


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("", "files-of-ours.s3.eu-west-1.amazonaws.com"),
        ("http://127.0.0.1:4566", "127.0.0.1:4566"),  # the emulator's buckets have no names
    ],
)
def test_a_link_to_a_file_names_its_region(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, host: str
) -> None:
    """Without it S3 sends the reader on to another host, for which the signature is wrong."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    aws.forget()
    asked = {"Bucket": "files-of-ours", "Key": "attachment/x"}
    link = urlsplit(aws.client("s3").generate_presigned_url("get_object", asked, 60))
    aws.forget()
    assert link.netloc == host
    assert "%2Feu-west-1%2Fs3%2Faws4_request" in link.query
