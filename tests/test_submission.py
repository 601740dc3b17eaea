from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from netdesk.ticket import MESSAGE_LIMIT
from tests.desk import fields, form, http_event, multipart
from ticket_intake import submission
from ticket_intake.report import Unusable
from ticket_intake.submission import Submission
from ticket_intake.uploads import Upload

TYPED = fields(message='Grüße & <b>"quotes"</b>\nsecond line')


def read(body: Any) -> Submission:
    event = http_event("POST", "/api/tickets", body=body)
    return submission.read(APIGatewayProxyEventV2(event))


@pytest.mark.parametrize("encode", [form, multipart, dict])
def test_all_three_encodings_say_the_same(encode: Any) -> None:
    assert read(encode(TYPED)) == Submission(TYPED)


@pytest.mark.parametrize("encode", [form, multipart, dict])
def test_the_longest_message_arrives_whole(encode: Any) -> None:
    message = "\u6c49" * MESSAGE_LIMIT
    assert read(encode(fields(message=message))).fields["message"] == message


def test_json_of_simple_values_reads_like_a_form() -> None:
    given = {"emergency": True, "account": 7, "message": "x", "name": None, "url": ["a"]}
    assert read(given).fields == {"emergency": "true", "account": "7", "message": "x"}


def test_files_come_with_their_names_and_an_empty_file_field_is_none() -> None:
    log = ("log.txt", "text/plain", b"line\r\n")
    found = read(multipart(TYPED, log, ("", "application/octet-stream", b"")))
    assert found.uploads == (Upload("log.txt", "text/plain", b"line\r\n"),)
    assert found.fields["message"] == TYPED["message"]


def test_a_file_that_is_not_taken_leaves_the_fields_readable() -> None:
    found = read(multipart(TYPED, ("a.exe", "image/png", b"MZ\x90\0")))
    assert found.fields == TYPED
    assert found.errors == {
        "attachments": "a.exe is no picture, PDF or plain text: send it as one of these."
    }


BROKEN = {
    "no JSON": ("application/json", b"{"),
    "no object": ("application/json", b"[1]"),
    "deep JSON": ("application/json", b"[" * 100_000),
    "a stranger's type": ("text/plain", b"message=x"),
    "no boundary": ("multipart/form-data", b"--edge--"),
    "cut off": ("multipart/form-data; boundary=edge", b"--edge\r\nContent-Disp"),
    "no UTF-8": ("application/x-www-form-urlencoded", b"message=\xff"),
    "no charset": ("application/x-www-form-urlencoded; charset=nonsense", b"message=x"),
    "many fields": ("application/x-www-form-urlencoded", b"a=1&" * 1_000),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_form_is_refused_with_a_sentence(body: tuple[str, bytes]) -> None:
    with pytest.raises(Unusable, match="The form could not be read"):
        read(body)


KINDS = st.sampled_from(
    [
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=edge",
        "multipart/form-data; boundary=edge; charset=utf-16",
        "",
    ]
)
PIECES = st.lists(
    st.binary(max_size=20)
    | st.sampled_from(
        [
            b"--edge", b"\r\n", b"--", b'Content-Disposition: form-data; name="a"', b"%ff", b"&",
            b'; filename="', b"Content-Type: x/y; charset=rot13", b"{", b"[", b'"', b":", b"=",
        ]
    )
).map(b"".join)  # fmt: skip


@given(KINDS, PIECES)
def test_no_bytes_make_anything_but_a_submission_or_a_sentence(kind: str, content: bytes) -> None:
    try:
        found = read((kind, content))
    except Unusable as refused:
        assert all(refused.errors.values())
    else:
        assert all(isinstance(text, str) for text in found.fields.values())
