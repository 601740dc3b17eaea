"""The local front, over HTTP: it serves what CloudFront would, by the template's own lines."""

import gzip
import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.local import distribution, front
from infra.local.front import Origins
from infra.local.outbox import Sink
from infra.local.static import accepts_gzip
from infra.template import TEMPLATE

TEXT = TEMPLATE.read_text(encoding="utf-8")
DISTRIBUTION = distribution.read(TEXT)
LONG = "All is well. " * 100
CORS = "Access-Control-Allow-Origin"


@dataclass
class Bucket:
    """As much of S3 as the front uses."""

    objects: dict[str, tuple[str, bytes]]
    reachable: bool = True

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if not self.reachable:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        kind, body = self.objects[Key]
        return {
            "ContentType": kind, "CacheControl": "max-age=10", "ETag": f'"{Key}"',
            "Body": BytesIO(body),
        }  # fmt: skip


class Api(BaseHTTPRequestHandler):
    """The API: it answers with the code in the address, and says what it was asked."""

    def do_GET(self) -> None:
        body = f"{self.command} {self.path} {self.headers['X-Origin-Secret']}".encode()
        self.send_response(int(self.path.rpartition("/")[2]))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Desk:
    port: int
    bucket: Bucket

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        found = Answer(answer.status, answer.headers, answer.read())
        connection.close()
        return found


def served(server: ThreadingHTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def api() -> Iterator[str]:
    for port in served(ThreadingHTTPServer(("127.0.0.1", 0), Api)):
        yield f"http://127.0.0.1:{port}/stage"


@pytest.fixture
def origins(api: str, tmp_path: Path) -> Origins:
    html, named = "text/html; charset=utf-8", {"index.html": "old home", "404.html": "no such page"}
    named |= {"status/index.html": f"status {LONG}", "support/index.html": "support"}
    objects = {key: (html, text.encode()) for key, text in named.items()}
    objects |= {
        "unavailable.html": (html, b"ring us"),
        "api/v2/summary.json": ("application/json", LONG.encode()),
        "status/feed.atom": ("application/atom+xml; charset=utf-8", LONG.encode()),
        "status/components/web/feed.rss": ("application/rss+xml; charset=utf-8", LONG.encode()),
        "status/maintenance.ics": ("text/calendar; charset=utf-8", LONG.encode()),
        "status/badge.svg": ("image/svg+xml", b"<svg/>"),
        "status/status.txt": ("text/plain; charset=utf-8", LONG.encode()),
    }
    return Origins(Bucket(objects), "site", api, "hush", DISTRIBUTION, Sink(tmp_path))


@pytest.fixture
def desk(origins: Origins) -> Iterator[Desk]:
    for port in served(front.serve(origins, 0)):
        yield Desk(port, origins.s3)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/", b"status All"), ("/status/", b"status All"), ("/support/", b"support")],
)
def test_a_folder_is_its_index_and_the_root_is_the_status_page(
    desk: Desk, path: str, words: bytes
) -> None:
    answer = desk.ask(path)
    assert (answer.status, answer.body[: len(words)]) == (200, words)


def test_a_folder_without_its_slash_is_redirected_within_the_site(desk: Desk) -> None:
    assert desk.ask("/support").headers["Location"] == "/support/"
    assert desk.ask("//elsewhere.example/x").headers["Location"] == "/elsewhere.example/x/"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/summary.json", "/status/feed.atom", "/status/components/web/feed.rss",
        "/status/maintenance.ics", "/status/badge.svg",
    ],
)  # fmt: skip
def test_other_sites_may_read_what_programs_read(desk: Desk, path: str) -> None:
    answer = desk.ask(path)
    assert (answer.status, answer.headers[CORS]) == (200, "*")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/", "/status/", "/support/", "/status/status.txt", "/nothing/", "/api/t/200", "/outbox/"],
)
def test_other_sites_may_not_read_the_rest(desk: Desk, path: str) -> None:
    answer = desk.ask(path, Origin="https://elsewhere.example")
    assert CORS not in answer.headers
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/status/", "/api/v2/summary.json", "/status/components/web/feed.rss"]
)
def test_long_text_is_compressed_for_those_who_take_it(desk: Desk, path: str) -> None:
    plain, packed = desk.ask(path), desk.ask(path, Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert packed.headers["ETag"] == "W/" + plain.headers["ETag"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/support/", "/status/badge.svg", "/status/feed.atom", "/status/maintenance.ics"]
)
def test_what_is_short_or_not_on_cloudfronts_list_is_not_compressed(desk: Desk, path: str) -> None:
    answer = desk.ask(path, Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"].startswith('"')


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True), ("GZIP", True), ("deflate, gzip;q=0.5", True), ("gzip; q=1.0", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("br, gzip; q=0.00", False),
        ("x-gzip", False),
    ],
)  # fmt: skip
def test_accept_encoding_is_read_as_rfc_9110_says(accepted: str, takes: bool) -> None:
    assert accepts_gzip(accepted) == takes


@pytest.mark.parametrize("known", ['"status/index.html"', 'W/"status/index.html"', '"a", {}', "*"])
def test_who_has_it_gets_a_304(desk: Desk, known: str) -> None:
    known = known.format('"status/index.html"')
    answer = desk.ask("/status/", If_None_Match=known, Accept_Encoding="gzip")
    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["ETag"] == 'W/"status/index.html"'
    assert answer.headers["Cache-Control"] == "max-age=10"
    assert "Content-Length" not in answer.headers


def test_who_has_an_older_one_gets_the_newer_and_an_error_is_always_told(desk: Desk) -> None:
    assert desk.ask("/status/", If_None_Match='"older"').status == 200
    assert desk.ask("/nothing/", If_None_Match="*").status == 404


def test_an_unknown_page_is_the_404_page(desk: Desk) -> None:
    answer = desk.ask("/nothing/")
    assert (answer.status, answer.body) == (404, b"no such page")


def test_a_folder_without_its_slash_is_sent_on_with_its_query(desk: Desk) -> None:
    answer = desk.ask("/status?from=sms")
    assert (answer.status, answer.headers["Location"]) == (301, "/status/?from=sms")


def test_head_tells_the_length_and_sends_nothing(desk: Desk) -> None:
    answer = desk.ask("/support/", "HEAD")
    assert (answer.headers["Content-Length"], answer.body) == ("7", b"")


def test_the_api_is_asked_with_the_secret_and_its_answer_is_its_own(desk: Desk) -> None:
    answer = desk.ask("/api/tickets/409", "POST", X_Origin_Secret="guessed")
    assert answer.status == 409
    assert answer.body == b"POST /stage/api/tickets/409 hush"


@pytest.mark.parametrize("code", [502, 503, 504])
def test_the_gateways_failures_are_our_page(desk: Desk, code: int) -> None:
    answer = desk.ask(f"/api/t/{code}")
    assert (answer.status, answer.body) == (code, b"ring us")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_api_the_page_says_what_to_do(origins: Origins, method: str) -> None:
    for port in served(front.serve(replace(origins, api="http://127.0.0.1:9/stage"), 0)):
        desk = Desk(port, origins.s3)
        answer = desk.ask("/api/tickets", method)
        assert (answer.status, answer.body) == (504, b"ring us")
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        del desk.bucket.objects["unavailable.html"]
        answer = desk.ask("/api/tickets", method)
        assert (answer.status, answer.body) == (504, b"The desk does not answer.\n")


def test_without_the_bucket_there_is_a_sentence(desk: Desk) -> None:
    desk.bucket.reachable = False
    answer = desk.ask("/status/")
    assert (answer.status, answer.body) == (504, b"The desk does not answer.\n")


def test_a_page_takes_no_form(desk: Desk) -> None:
    assert desk.ask("/status/", "POST").status == 405
