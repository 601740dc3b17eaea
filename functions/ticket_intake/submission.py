"""What was posted to the form: its fields and files, from any of the three encodings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from multipart import MultipartError, parse_form_data

from netdesk.answers import body
from ticket_intake.report import Unusable

FILES, FILES_BYTES = 5, 4 * 1024 * 1024  # a Lambda call takes 6 MB, in base64
UNREADABLE = "The form could not be read: go back and send it again."


@dataclass(frozen=True)
class Upload:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Submission:
    fields: Mapping[str, str]
    uploads: tuple[Upload, ...] = ()


def read(event: APIGatewayProxyEventV2) -> Submission:
    """The submission in this request; raises Unusable with a sentence."""
    content_type = event.headers.get("content-type", "")
    try:
        if content_type.lower().startswith("application/json"):
            posted = Submission(texts(json.loads(body(event))))
        else:
            posted = _form(body(event), content_type)
    except (MultipartError, LookupError, ValueError, RecursionError) as error:
        raise Unusable({"message": UNREADABLE}) from error
    _check(posted.uploads)
    return posted


def _form(content: bytes, content_type: str) -> Submission:
    environ = {
        "wsgi.input": BytesIO(content),
        "CONTENT_TYPE": content_type or "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(content)),
    }
    # Longer fields than spool_limit would count as files: see multipart.parse_form_data.
    fields, files = parse_form_data(environ, strict=True, spool_limit=len(content) + 1)
    uploads = (
        Upload(part.filename or "", part.content_type or "", part.raw)
        for _, part in files.iterallitems()
    )
    return Submission(
        {name: str(value) for name, value in fields.items()},
        tuple(upload for upload in uploads if upload.content),  # an empty file field sends one
    )


def texts(value: object) -> dict[str, str]:
    """The simple values of a JSON object, written as a form would send them."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    simple = {key: value[key] for key in value if isinstance(value[key], str | int | bool)}
    return {
        key: str(inner).lower() if inner is True else str(inner) for key, inner in simple.items()
    }


def _check(uploads: tuple[Upload, ...]) -> None:
    if len(uploads) > FILES:
        raise Unusable({"attachments": f"Send at most {FILES} files."})
    if sum(len(upload.content) for upload in uploads) > FILES_BYTES:
        raise Unusable({"attachments": "The files are too large: 4 MB in all at most."})
