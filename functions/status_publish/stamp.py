"""Makes the bytes of a page those of one age alone, without a reader seeing it.

S3's ETag is of the bytes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
When a page becomes again what it was, its ETag comes back, too, and If-Match would let a publisher
who looked before that put an older page over it.
"""

from datetime import datetime


def stamped(body: str, media_type: str, revision: int, built_at: str) -> str:
    """The body with its age: as a comment, a property, or a last line of blanks."""
    kind = media_type.partition(";")[0]
    if kind.endswith(("html", "xml")):
        return f"{body}<!-- {revision} {built_at} -->\n"
    if kind == "text/calendar":
        begins, version, rest = body.partition("VERSION:2.0\r\n")
        return f"{begins}{version}X-NETDESK-AGE:{revision} {built_at}\r\n{rest}"
    return f"{body}{_blanks(revision, built_at)}\n"


def _blanks(revision: int, built_at: str) -> str:
    """JSON and plain text have no comments: the age in binary, of spaces and tabs."""
    seconds = int(datetime.fromisoformat(built_at).timestamp()) if built_at else 0
    return f"{revision << 40 | seconds:b}".translate({ord("0"): " ", ord("1"): "\t"})
