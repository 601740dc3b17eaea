"""Long texts and attachments in S3, named by digest, put there before the row that names them."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from netdesk.dynamo import Item
from netdesk.text import one_line
from netdesk.ticket import Attachment
from ticket_intake.rows import Kept

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TEXT_IN_ROW = 32_768  # bytes: an item holds 400 KB, a transaction 4 MB
EXCERPT = 2_000  # characters
OPAQUE = "application/octet-stream"
LINK_SECONDS = 300
NAME = 100  # characters of a file's


class Files:
    """Its client is made when the first file is touched: most cold starts see none."""

    def __init__(self, client: "Callable[[], S3Client]", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def offload(self, item: Item) -> Item:
        """An entry's row with a long text replaced by its beginning and the text's key."""
        text = item["text"].encode()
        if len(text) <= TEXT_IN_ROW:
            return item
        key = self._put(f"text/{item['pk'].partition('#')[2]}", text)
        return item | {"text": item["text"][:EXCERPT], "text_key": key}

    def whole(self, entry: Kept) -> Kept:
        """The entry with its whole text."""
        if not entry.text_key:
            return entry
        answer = self._client().get_object(Bucket=self._bucket, Key=entry.text_key)
        return replace(entry, text=answer["Body"].read().decode(), text_key="", cut=False)

    def keep(self, owner: str, name: str, media_type: str, content: bytes) -> Attachment:
        """What one submission brought lies under a name of its own, so that it can go alone."""
        key = self._put(f"attachment/{owner}", content)
        return Attachment(name, media_type, len(content), digest_of(content), key)

    def link(self, file: Attachment) -> str:
        """An address that gives the file out for five minutes, always as a download."""
        return self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": file.key,
                "ResponseContentDisposition": disposition(file.name),
                "ResponseContentType": OPAQUE,
            },
            ExpiresIn=LINK_SECONDS,
        )

    def _put(self, folder: str, content: bytes) -> str:
        key = f"{folder}/{digest_of(content)}"
        # Always an opaque download: what a stranger sent is never shown by a browser.
        self._client().put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=OPAQUE)
        return key


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def disposition(name: str) -> str:
    """Always a download, under its own name as far as that is only a name: RFC 6266, 4.3."""
    last = one_line(name, NAME).replace("\\", "/").rpartition("/")[2].lstrip(". ") or "file"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", last)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last, safe='')}"
