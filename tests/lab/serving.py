"""The servers of the lab's internet: one thread with one loop, sockets in many namespaces."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from tests.lab import world_map
from tests.lab.name_server import NameServer
from tests.lab.namespaces import within
from tests.lab.web_server import WebServer


class Open(Protocol):
    def close(self) -> None: ...


Starting = Coroutine[Any, Any, list[Open]]


@contextmanager
def serving(names: NameServer, web: WebServer, spaces: Mapping[str, str]) -> Iterator[None]:
    """`spaces`: the namespace of each node."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(_complain)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opened: list[Open] = []
    try:
        for starting in (*_resolvers(names, spaces), *_site(web, spaces["target"])):
            opened += asyncio.run_coroutine_threadsafe(starting, loop).result()
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_end(opened), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _resolvers(names: NameServer, spaces: Mapping[str, str]) -> Iterator[Starting]:
    for node, resolver in world_map.RESOLVERS.items():
        udp, tcp = within(
            spaces[node], lambda at=resolver: (_socket(at, 53, udp=True), _socket(at, 53))
        )
        yield names.serve(resolver, udp, tcp)


def _site(web: WebServer, space: str) -> Iterator[Starting]:
    for version in (4, 6):
        address = world_map.address("target", version)
        for port in (80, 443):
            yield web.serve(within(space, _socket, address, port), tls=port == 443)


def _socket(address: str, port: int, *, udp: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    return made


async def _end(opened: list[Open]) -> None:
    for listening in opened:
        listening.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:  # whoever is still being talked to
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # a transport closes in the loop's next turn


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Clients hang up amid TLS, as they must, and we do in the end.
    if not isinstance(context.get("exception"), OSError | asyncio.CancelledError):
        loop.default_exception_handler(context)
