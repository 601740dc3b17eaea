"""The front: one origin for the browser, as CloudFront is on AWS."""

import http.client
import json
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from infra.local.outbox import SentMail, Sink

BODY_LIMIT = 10 * 1024 * 1024  # of the HTTP API on AWS
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True)
class Origins:
    """Where the front gets its answers from."""

    s3: Any
    site_bucket: str
    api: str  # http://127.0.0.1:PORT/_aws/execute-api/ID/$default
    secret: str
    headers: dict[str, str]  # of the template's response headers policy
    sink: Sink


def serve(origins: Origins, port: int) -> ThreadingHTTPServer:
    handler = type("Handler", (Front,), {"origins": origins})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server


class Front(BaseHTTPRequestHandler):
    origins: Origins
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/api/t"):
            self._api()
        elif path == "/outbox/":
            self._outbox()
        else:
            self._static(path)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        if urlsplit(self.path).path.startswith("/api/t"):
            self._api()
        else:
            self._send(405, {"Content-Type": "text/plain"}, b"This page takes no form.\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the terminal belongs to the launcher."""

    def _static(self, path: str) -> None:
        if not path.endswith("/") and "." not in path.rpartition("/")[2]:
            self._send(301, {"Location": f"{path}/"}, b"")
            return
        key = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        if not self._object(key, 200) and not self._object("404.html", 404):
            self._send(404, {}, b"")

    def _object(self, key: str, status: int) -> bool:
        try:
            found = self.origins.s3.get_object(Bucket=self.origins.site_bucket, Key=key)
        except ClientError:
            return False
        headers = {"Content-Type": found["ContentType"], "Cache-Control": found["CacheControl"]}
        self._send(status, headers | {"ETag": found["ETag"]}, found["Body"].read())
        return True

    def _api(self) -> None:
        given = self.headers.get("Content-Length") or "0"
        if not given.isdecimal() or self.headers.get("Transfer-Encoding"):
            self._send(411, {"Content-Type": "text/plain"}, b"Say how long the body is.\n")
            return
        length = int(given)
        if length > BODY_LIMIT:
            self._send(413, {"Content-Type": "text/plain"}, b"This is too large: 10 MB at most.\n")
            return
        target = urlsplit(self.origins.api)
        connection = http.client.HTTPConnection(target.netloc, timeout=35)
        try:
            body = self.rfile.read(length)
            connection.request(self.command, target.path + self.path, body, self._for_origin())
            answer = connection.getresponse()
            headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP]
            self._send(answer.status, headers, answer.read())
        except OSError:
            self._send(504, {"Content-Type": "text/plain"}, b"The desk does not answer.\n")
        finally:
            connection.close()

    def _for_origin(self) -> dict[str, str]:
        """The viewer's headers but Host, and what CloudFront adds."""
        trusted = {"host", "x-origin-secret", "cloudfront-viewer-address"}
        kept = {k: v for k, v in self.headers.items() if k.lower() not in trusted | HOP_BY_HOP}
        address, port = self.client_address[:2]
        return kept | {
            "X-Origin-Secret": self.origins.secret,
            "CloudFront-Viewer-Address": f"{address}:{port}",
        }

    def _outbox(self) -> None:
        mails = self.origins.sink.mails()
        if "format=json" in urlsplit(self.path).query:
            body = json.dumps([mail.as_json() for mail in mails], ensure_ascii=False, indent=1)
            self._send(200, {"Content-Type": "application/json"}, body.encode())
        else:
            page = _outbox_page(mails)
            self._send(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())

    def _send(self, status: int, headers: Any, body: bytes) -> None:
        self.send_response(status)
        pairs = headers.items() if isinstance(headers, dict) else headers
        ours = {name.lower() for name in self.origins.headers}  # the policy overrides
        kept = [(name, value) for name, value in pairs if name.lower() not in ours]
        for name, value in [*kept, *self.origins.headers.items()]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _outbox_page(mails: list[SentMail]) -> str:
    head = "<!doctype html><meta charset=utf-8><title>Outbox</title><h1>Mails that were sent</h1>"
    rows = [
        f"<article><h2>{escape(mail.subject)}</h2><p>To {escape(mail.to)}</p>"
        f"<pre style='white-space:pre-wrap'>{escape(mail.text)}</pre></article>"
        for mail in reversed(mails)
    ]
    return head + ("".join(rows) or "<p>None yet.</p>")
