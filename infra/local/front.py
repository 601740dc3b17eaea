"""The front: one origin for the browser, as CloudFront is on AWS."""

import http.client
import json
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.distribution import Behaviour, Distribution
from infra.local.outbox import SentMail, Sink
from infra.local.static import Answer, compressed, key_of, unchanged

# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
BODY_LIMIT = 10 * 1024 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB, and the HTTP API
# encodes what is neither text nor JSON in base64, in which three bytes are four.
BINARY_LIMIT = 6 * 1024 * 1024 * 3 // 4
TOO_LARGE = b'{"message":"Request Entity Too Large"}'  # in the HTTP API's own words
JSON = {"Content-Type": "application/json"}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
PLAIN = {"Content-Type": "text/plain"}
SILENT = b"The desk does not answer.\n"


@dataclass(frozen=True)
class Origins:
    """Where the front gets its answers from."""

    s3: Any
    site_bucket: str
    api: str  # http://127.0.0.1:PORT/_aws/execute-api/ID/$default
    secret: str
    distribution: Distribution  # of the template
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
        if self.place == "/outbox/":
            self._outbox()
        elif self.behaviour.origin == "api":
            self._api()
        else:
            self._static()

    do_HEAD = do_GET

    def do_POST(self) -> None:
        if self.behaviour.origin == "api":
            self._api()
        else:
            self._send(405, PLAIN, b"This page takes no form.\n")

    @property
    def place(self) -> str:
        """The path with one slash first: `//host/` would lead elsewhere."""
        return "/" + self.path.partition("?")[0].lstrip("/\\")

    @property
    def behaviour(self) -> Behaviour:
        return self.origins.distribution.behaviour(self.place)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the terminal belongs to the launcher."""

    def _static(self) -> None:
        key = key_of(self.place, self.origins.distribution.root)
        if key is None:
            query = self.path.partition("?")[2]
            self._send(301, {"Location": f"{self.place}/{query and '?'}{query}"}, b"")
            return
        try:
            self._answer(self._object(key, 200))
        except ClientError:
            self._failed(403, b"")  # what S3 says of a missing key to those who may not list
        except BotoCoreError:
            self._failed(504, SILENT)

    def _object(self, key: str, status: int) -> Answer:
        found = self.origins.s3.get_object(Bucket=self.origins.site_bucket, Key=key)
        headers = {"Content-Type": found["ContentType"], "Cache-Control": found["CacheControl"]}
        return Answer(status, headers | {"ETag": found["ETag"]}, found["Body"].read())

    def _failed(self, code: int, otherwise: bytes) -> None:
        """The page that the template names for this code, or this sentence."""
        status, page = self.origins.distribution.errors[code]
        try:
            answer = self._object(page, status)
        except (ClientError, BotoCoreError):
            answer = Answer(status, PLAIN, otherwise)
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        if self.behaviour.compresses:
            answer = compressed(answer, self.headers.get("Accept-Encoding", ""))
        answer = unchanged(answer, self.headers.get("If-None-Match", ""))
        self._send(answer.status, answer.headers, answer.body)

    def _api(self) -> None:
        given = self.headers.get("Content-Length") or "0"
        if not given.isdecimal() or self.headers.get("Transfer-Encoding"):
            self._send(411, PLAIN, b"Say how long the body is.\n")
        elif int(given) > BODY_LIMIT:
            self.close_connection = True  # else what it still sends would be the next request
            self._send(413, JSON, TOO_LARGE)
        else:
            self._take(self.rfile.read(int(given)))

    def _take(self, body: bytes) -> None:
        kind = self.headers.get("Content-Type", "").lower()
        if len(body) > BINARY_LIMIT and not kind.startswith(("text/", "application/json")):
            self._send(413, JSON, TOO_LARGE)
        else:
            self._ask_api(body)

    def _ask_api(self, body: bytes) -> None:
        target = urlsplit(self.origins.api)
        connection = http.client.HTTPConnection(target.netloc, timeout=35)
        try:
            connection.request(self.command, target.path + self.path, body, self._for_origin())
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._failed(504, SILENT)
        else:
            headers = [(k, v) for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP]
            if answer.status in self.origins.distribution.errors:
                self._failed(answer.status, content)
            else:
                self._send(answer.status, headers, content)
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
            self._send(200, JSON, body.encode())
        else:
            page = _outbox_page(mails)
            self._send(200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())

    def _send(self, status: int, headers: Any, body: bytes) -> None:
        self.send_response(status)
        pairs = headers.items() if isinstance(headers, dict) else headers
        added = self.behaviour.headers
        ours = {name.lower() for name in added}  # the policy overrides
        kept = [(name, value) for name, value in pairs if name.lower() not in ours]
        for name, value in [*kept, *added.items()]:
            self.send_header(name, value)
        if status != 304:  # RFC 9110, section 8.6: there it would be the length of the 200
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
