"""Lambda's Runtime API on loopback, and the process of a function that asks it for events.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from uuid import uuid4

VERSION = "/2018-06-01/runtime/"
ARN = "arn:aws:lambda:us-west-2:123456789012:function:"
PATIENCE = 30.0  # seconds until a process that says nothing at all fails the test


@dataclass(frozen=True)
class Invocation:
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Outcome:
    """What a process did: it is ready, told a response, an error or an init error, or has ended."""

    way: str
    body: Any = None
    kind: str = ""  # the error's type, as the header has it


class RuntimeApi(ThreadingHTTPServer):
    """What one process asks for its events, and tells its answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.invocations: SimpleQueue[Invocation | None] = SimpleQueue()
        self.outcomes: SimpleQueue[Outcome] = SimpleQueue()
        self.current = ""  # the id of the request that the process works on

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that is killed lets its connection drop; what else there is, is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def content_of(request: BaseHTTPRequestHandler) -> bytes:
    """A request's body: Lambda's client, and boto3 now and then, send it in chunks."""
    if request.headers.get("Transfer-Encoding") != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    content = b""
    while size := int(request.rfile.readline(), 16):
        content += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return content


class _Handler(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for an answer: else each waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        if self.path != f"{VERSION}invocation/next":
            return self._answer(404, b"{}")
        self.server.outcomes.put(Outcome("ready"))
        invocation = self.server.invocations.get()
        if invocation is None:
            self.close_connection = True
            return None
        return self._answer(200, invocation.body, invocation.headers)

    def do_POST(self) -> None:
        body, current = content_of(self), f"{VERSION}invocation/{self.server.current}/"
        ways = {f"{current}response": "response", f"{current}error": "error"}
        way = (ways | {f"{VERSION}init/error": "init/error"}).get(self.path)
        if way is None:
            return self._answer(400, b'{"errorType": "InvalidRequestID"}')
        kind = self.headers.get("Lambda-Runtime-Function-Error-Type", "")
        self.server.outcomes.put(Outcome(way, json.loads(body), kind))
        return self._answer(202, b'{"status": "OK"}')

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Process:
    """A function's process, from its start until Lambda ends it."""

    api: RuntimeApi
    child: subprocess.Popen[bytes]
    arn: str
    log: Path

    @property
    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def cpu(self) -> float:
        """Seconds of CPU until now; the clock is clock_getcpuclockid(3)'s."""
        return time.clock_gettime((~self.child.pid << 3) | 2)

    def invoke(self, event: Any, seconds: float = 20.0) -> Outcome:
        """What comes of an event; who has no answer at the deadline is killed, as on Lambda."""
        ready = self.api.outcomes.get(timeout=PATIENCE)
        if ready.way != "ready":
            return ready
        self.api.current = str(uuid4())
        headers = {
            "Lambda-Runtime-Aws-Request-Id": self.api.current,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.arn,
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        }
        self.api.invocations.put(Invocation(headers, json.dumps(event).encode()))
        try:
            return self.api.outcomes.get(timeout=seconds)
        except Empty:
            self.child.kill()
            return Outcome("time-out")


@contextmanager
def started(
    command: list[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Process]:
    """A process in its execution environment; its events come when they are given."""
    api = RuntimeApi()
    Thread(target=api.serve_forever, args=(0.05,), daemon=True).start()
    given = {**environment, "AWS_LAMBDA_RUNTIME_API": api.address}
    with log.open("wb") as told:
        child = subprocess.Popen(command, cwd=folder, env=given, stdout=told, stderr=told)
    watcher = Thread(target=_watch, args=(child, api))
    watcher.start()
    try:
        yield Process(api, child, f"{ARN}{environment['AWS_LAMBDA_FUNCTION_NAME']}", log)
    finally:
        child.kill()
        watcher.join()
        api.invocations.put(None)
        api.shutdown()
        api.server_close()


def _watch(child: subprocess.Popen[bytes], api: RuntimeApi) -> None:
    api.outcomes.put(Outcome("exit", child.wait()))
