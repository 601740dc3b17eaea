"""What a page weighs on the wire."""

import gzip
import http.client

from tests.e2e.stack import Stack


def weight(stack: Stack, path: str) -> int:
    """Bytes of the answer with its headers, as a browser asks for it."""
    connection = http.client.HTTPConnection("localhost", stack.port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert gzip.decompress(body).startswith(b"<!doctype html>")
    head = sum(len(f"{name}: {value}\r\n".encode()) for name, value in answer.getheaders())
    return len("HTTP/1.1 200 OK\r\n") + head + len("\r\n") + len(body)
