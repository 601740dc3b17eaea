"""The AWS account that moto mocks in this process, for other processes over loopback."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from tests.runtime_api import content_of

# A signature names region and service:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")
HOSTS = {"ses": "email"}  # of services that sign under another name than their host's
REFUSAL = {"__type": "AccessDeniedException", "message": "canary is not authorized"}


class Aws(ThreadingHTTPServer):
    """Answers what moto answers, unless it is told to refuse or to say nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refused = self.silent = ""
        self.over: Event
        self.heard: Callable[[], object]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @contextmanager
    def refusing(self, service: str) -> Iterator[None]:
        """For services that speak JSON."""
        self.refused = service
        try:
            yield
        finally:
            self.refused = ""

    @contextmanager
    def saying_nothing(
        self, calls: str, heard: Callable[[], object] = lambda: None
    ) -> Iterator[None]:
        """To such as `PUT s3`, which are never done; `heard` happens when one comes."""
        self.silent, self.over, self.heard = calls, Event(), heard
        try:
            yield
        finally:
            self.silent = ""
            self.over.set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is killed lets its connections drop; what else there is, is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served() -> Iterator[Aws]:
    """While `mock_aws` is on: its account, at an address to give as AWS_ENDPOINT_URL."""
    server = Aws()
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Aws
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        goes_on = super().handle_expect_100()
        self.wfile.flush()  # boto3 waits a second for it
        return goes_on

    def answer(self) -> None:
        body = content_of(self)
        scope = SCOPE.search(self.headers["Authorization"])
        assert scope, "AWS is asked by signed requests alone"
        region, service = scope.groups()
        if f"{self.command} {service}" == self.server.silent:
            self.server.heard()
            self.server.over.wait()
            self.close_connection = True
        elif service == self.server.refused:
            self._write(400, {}, json.dumps(REFUSAL))
        else:
            host = f"{HOSTS.get(service, service)}.{region}.amazonaws.com"
            self._write(*self._mocked(f"https://{host}{self.path}", body))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer

    def _mocked(self, url: str, body: bytes) -> Any:
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        request = AWSPreparedRequest(self.command, url, headers, body, stream_output=False)
        return BotocoreStubber().process_request(request)

    def _write(self, status: int, headers: Any, content: str | bytes) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass
