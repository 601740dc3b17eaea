"""What was posted to the form: its fields and files, from any of the three encodings."""

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from multipart import MultipartError, MultipartParser, parse_options_header

from netdesk.answers import body
from ticket_intake.report import Unusable
from ticket_intake.uploads import NotTaken, Upload, taken

MOST = 128  # fields and files
URLENCODED = "application/x-www-form-urlencoded"
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
    kind, options = parse_options_header(content_type or URLENCODED)
    # Browsers send UTF-8. Other codecs that Python has take minutes for a megabyte.
    if codecs.lookup(options.get("charset", "utf-8")).name != "utf-8":
        raise LookupError("not UTF-8")
    if kind == "multipart/form-data":
        return _parts(content, options.get("boundary", ""))
    if kind != URLENCODED:
        raise ValueError("no form")
    return dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST)), []


def _parts(content: bytes, boundary: str) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """Read as UTF-8, whatever charset a part names."""
    fields: dict[str, str] = {}
    files: list[tuple[str, bytes]] = []
    # In memory: else what is longer than spool_limit is written to a file and read again.
    size = len(content)
    reader = MultipartParser(
        BytesIO(content), boundary, size, strict=True, part_limit=MOST, spool_limit=size + 1
    )
    for part in reader:
        if not part.filename:
            fields[part.name] = part.raw.decode()
        elif part.size:  # an empty file field sends a file without content
            files.append((part.filename, part.raw))
    return fields, files


def texts(value: object) -> dict[str, str]:
    """The simple values of a JSON object, written as a form would send them."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    simple = {key: value[key] for key in value if isinstance(value[key], str | int | bool)}
    return {
        key: str(inner).lower() if inner is True else str(inner) for key, inner in simple.items()
    }
