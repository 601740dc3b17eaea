"""An internet in network namespaces: operators, name servers, a site, two measuring hosts.

`with world() as net:` makes it, whole; `with net.fault(WorldFault("dead", "x3")):` breaks it and
mends it again. Its map is in world_map.py, what can break in world_faults.py.
"""

import itertools
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from tests.lab import certificates, lab, namespaces, relay, world_map
from tests.lab.name_server import NameServer
from tests.lab.serving import serving
from tests.lab.web_server import WebServer
from tests.lab.world_cables import join
from tests.lab.world_faults import Change, WorldFault, change

__all__ = ["World", "WorldFault", "world"]

Where = Literal["inside", "outside"]
T = TypeVar("T")
_serial = itertools.count(1)
_RESOLVERS = Path("/etc/netns")  # `ip netns exec` lays what is there over /etc


@dataclass(frozen=True)
class World:
    spaces: Mapping[str, str]  # the namespace of each node
    names: NameServer
    web: WebServer
    ca: Path  # of the authority that signs the site's certificates: SSL_CERT_FILE
    shared_transit: bool
    foreign_border: bool
    table: Mapping[str, tuple[int, str]]  # prefix -> whose it is: AS number, title

    def command(self, where: Where, *program: str) -> list[str]:
        return ["ip", "netns", "exec", self.spaces[where], *program]

    def run(
        self, where: Where, *program: str, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """A program on a measuring host, with that host's resolver; `env` is all of its own."""
        command = self.command(where, *program)
        return subprocess.run(command, env=env, capture_output=True, text=True, **options)

    def within(self, where: Where, work: Callable[..., T], *args: Any) -> T:
        """Work of this process on a measuring host; /etc/resolv.conf is still this machine's."""
        return namespaces.within(self.spaces[where], work, *args)

    def path(self, where: Where, version: int = 4) -> list[tuple[str, ...]]:
        """Who may answer at each distance on the whole way to the target."""
        hops = [
            tuple(world_map.address(node, version) for node in nodes.split("/"))
            for nodes in world_map.path(where, self.shared_transit)
        ]
        if self.foreign_border:
            before = "z1" if where == "outside" and not self.shared_transit else "x3"
            hops[hops.index((world_map.address("d1", version),))] = (
                world_map.foreign(before, version),
            )
        return hops

    @contextmanager
    def fault(self, *faults: WorldFault) -> Iterator[None]:
        """All of them at once; taken back in the end."""
        with ExitStack() as stack:
            for fault in faults:
                stack.enter_context(self._changed(change(fault)))
            yield

    @contextmanager
    def _changed(self, made: Change) -> Iterator[None]:
        space, table = self.spaces[made.node], f"fault{next(_serial)}"
        with ExitStack() as stack:
            if made.routes:
                _in(space, "ip", *(f"route add {route}" for route in made.routes))
                stack.callback(_in, space, "ip", *(f"route del {route}" for route in made.routes))
            if made.chains:
                _in(space, "nft", made.table(table))
                stack.callback(_in, space, "nft", f"delete table inet {table}")
            yield


@contextmanager
def world(
    *,
    delay: float = 0.0,
    fault: WorldFault | None = None,
    shared_transit: bool = False,
    foreign_border: bool = False,
) -> Iterator[World]:
    """The internet of world_map.py; each cable takes `delay` seconds each way.

    shared_transit: the outside host's way to the target leads over TRANSIT too.
    foreign_border: the target's border router answers from addresses that its neighbours gave
    it, so that it seems to be theirs, as real ones do.
    """
    if why := lab.unavailable() or (relay.unavailable() if delay else None):
        raise RuntimeError(why)
    mark = f"nw{os.getpid()}x{next(_serial)}"
    spaces = {node: f"{mark}-{node}" for node in world_map.NODES}
    with ExitStack() as stack:
        stack.callback(namespaces.remove, spaces.values())
        namespaces.make(spaces.values())
        stack.callback(join(spaces, delay, shared_transit, foreign_border))
        for host, resolver in world_map.OWN_RESOLVER.items():
            stack.enter_context(_resolver_file(spaces[host], resolver))
        ca, contexts = certificates.issued()
        names, web = NameServer(), WebServer(contexts)
        stack.enter_context(serving(names, web, spaces))
        net = World(spaces, names, web, ca, shared_transit, foreign_border, world_map.TABLE)
        stack.enter_context(net.fault(*filter(None, (fault,))))
        yield net


@contextmanager
def _resolver_file(space: str, resolver: str) -> Iterator[None]:
    file = _RESOLVERS / space / "resolv.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.write_text(f"nameserver {resolver}\n")
        yield
    finally:
        file.unlink()
        file.parent.rmdir()  # not the folder above it: others may be about to use that


def _in(space: str, program: Literal["ip", "nft"], *lines: str) -> None:
    options = {"ip": ("-batch", "-"), "nft": ("-f", "-")}[program]
    namespaces.within(space, lambda: namespaces.feed(program, *options, lines=lines))
