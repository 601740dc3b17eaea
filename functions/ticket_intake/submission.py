"""What was posted to the form: its fields and files, from any of the three encodings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from multipart import MultipartError, parse_form_data

from netdesk.answers import body
from ticket_intake.report import Unusable
from ticket_intake.uploads import NotTaken, Upload, taken

UNREADABLE = "The form could not be read: go back and send it again."


@dataclass(frozen=True)
class Submission:
    fields: Mapping[str, str]
    uploads: tuple[Upload, ...] = ()
    errors: Mapping[str, str] | None = None  # of the files; the fields can be read all the same


def read(event: APIGatewayProxyEventV2) -> Submission:
    """The submission in this request; raises Unusable with a sentence."""
    content_type = event.headers.get("content-type", "")
    try:
        if content_type.lower().startswith("application/json"):
            return Submission(texts(json.loads(body(event))))
        fields, files = _form(body(event), content_type)
    except (MultipartError, LookupError, ValueError, RecursionError) as error:
        raise Unusable({"message": UNREADABLE}) from error
    try:
        return Submission(fields, taken(files))
    except NotTaken as error:
        return Submission(fields, errors={"attachments": str(error)})


def _form(content: bytes, content_type: str) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    environ = {
        "wsgi.input": BytesIO(content),
        "CONTENT_TYPE": content_type or "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(content)),
    }
    # Longer fields than spool_limit would count as files: see multipart.parse_form_data.
    fields, files = parse_form_data(environ, strict=True, spool_limit=len(content) + 1)
    sent = [(part.filename or "", part.raw) for _, part in files.iterallitems()]
    # An empty file field sends a file without content.
    return {name: str(value) for name, value in fields.items()}, [one for one in sent if one[1]]


def texts(value: object) -> dict[str, str]:
    """The simple values of a JSON object, written as a form would send them."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    simple = {key: value[key] for key in value if isinstance(value[key], str | int | bool)}
    return {
        key: str(inner).lower() if inner is True else str(inner) for key, inner in simple.items()
    }
