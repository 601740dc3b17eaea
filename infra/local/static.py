"""Static files as CloudFront serves them: folders, compression, conditional requests."""

import gzip
import re
from dataclasses import dataclass, replace

# Of CloudFront's list, the types of a site like this one; Atom, JSON Feed and iCalendar are not
# on it: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
COMPRESSED = {
    "application/javascript", "application/json", "application/rss+xml", "application/xhtml+xml",
    "application/xml", "image/svg+xml", "text/css", "text/csv", "text/html", "text/javascript",
    "text/plain", "text/xml",
}  # fmt: skip
SIZES = range(1_000, 10_000_001)  # of what CloudFront compresses, the same page
# RFC 9110, section 15.4.5: the headers of a 304.
OF_UNCHANGED = ("Cache-Control", "ETag", "Vary")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def key_of(path: str, root: str) -> str | None:
    """The object of a path, None when the path lacks its last slash: the same as the template's
    IndexDocuments and DefaultRootObject."""
    if path == "/":
        return root
    if path.endswith("/"):
        return f"{path[1:]}index.html"
    return path[1:] if "." in path.rpartition("/")[2] else None


def compressed(answer: Answer, accepted: str) -> Answer:
    """As the viewer's Accept-Encoding allows; a tag becomes weak, for the bytes are others."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in COMPRESSED or len(answer.body) not in SIZES:
        return answer
    headers = answer.headers | {"Vary": "Accept-Encoding"}
    if not accepts_gzip(accepted):
        return replace(answer, headers=headers)
    headers["Content-Encoding"] = "gzip"
    if headers.get("ETag", "").startswith('"'):
        headers["ETag"] = f"W/{headers['ETag']}"
    return Answer(answer.status, headers, gzip.compress(answer.body, mtime=0))


def accepts_gzip(accepted: str) -> bool:
    """RFC 9110, section 12.5.3: what has the weight 0 is refused."""
    codings = [part.replace(" ", "").lower().partition(";") for part in accepted.split(",")]
    weights = [weight for coding, _, weight in codings if coding == "gzip"]
    return any(not re.fullmatch(r"q=0(\.0*)?", weight) for weight in weights)


def unchanged(answer: Answer, known: str) -> Answer:
    """304 without a body when If-None-Match names what would be sent (RFC 9110, section 13.1.2)."""
    tags = {tag.removeprefix("W/") for tag in re.findall(r'(?:W/)?"[^"]*"', known)}
    tag = answer.headers.get("ETag", "").removeprefix("W/")
    if answer.status != 200 or not (known.strip() == "*" or tag in tags):
        return answer
    return Answer(304, {k: answer.headers[k] for k in OF_UNCHANGED if k in answer.headers}, b"")
