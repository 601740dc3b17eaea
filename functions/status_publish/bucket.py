"""The site's bucket: pages put by condition, so that none goes back to an older revision."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from status_publish.stamp import stamped

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CACHE = "public, max-age=10, stale-while-revalidate=10, stale-if-error=86400"
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
JSON = "application/json"


class Overtaken(RuntimeError):
    """Another publisher wrote the key between our look and our write: start over."""


@dataclass(frozen=True)
class Page:
    key: str
    body: str
    revision: int  # of the site, or of the one notice that a page is about
    built_at: str = ""  # of pages that tell their age
    media_type: str = HTML

    @property
    def stamped(self) -> str:
        return stamped(self.body, self.media_type, self.revision, self.built_at)

    @property
    def age(self) -> tuple[int, str]:
        return self.revision, self.built_at


class Bucket:
    def __init__(self, client: "S3Client", name: str) -> None:
        self._client = client
        self._name = name

    def put(self, page: Page, *, again: bool = False) -> bool:
        """Write the page unless the bucket's is as new; `again` rewrites one that is as new."""
        there = self._head(page.key)
        if there and (there[1] > page.age or (there[1] == page.age and not again)):
            return False
        condition: Any = {"IfMatch": there[0]} if there else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._name,
                Key=page.key,
                Body=page.stamped.encode(),
                ContentType=page.media_type,
                CacheControl=CACHE,
                Metadata={"revision": str(page.revision), "built": page.built_at},
                **condition,
            )
        except ClientError as error:
            # 412 somebody wrote it, 409 is writing it, 404 took it away:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
            if _status(error) in (404, 409, 412):
                raise Overtaken(page.key) from error
            raise
        return True

    def _head(self, key: str) -> tuple[str, tuple[int, str]] | None:
        try:
            head: Any = self._client.head_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if _status(error) == 404:
                return None
            raise
        kept = head["Metadata"]
        return head["ETag"], (int(kept.get("revision", -1)), kept.get("built", ""))


def _status(error: ClientError) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
