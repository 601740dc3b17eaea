"""Whose an address is, and what its owner calls it: no answer means no name, never a wrong one."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from netdesk.facts import clean_name
from netdesk.probe.checks import names
from netdesk.probe.checks.cymru import Origin, operator, origin, origin_name
from netdesk.probe.checks.shared import Found, Shared
from netdesk.ranges import IP, Network, Rules, refusal

SECONDS = 0.9  # for all that is asked of one address
DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
MOST_KEPT = 4_096
# The longest prefixes that networks take from each other: all of such a block has one origin. In
# anything wider there may be somebody else's part, with a prefix of its own, that nobody asked for.
_BLOCK = {4: 24, 6: 48}

T = TypeVar("T")


@dataclass(frozen=True)
class Owner:
    asn: int | None = None
    operator: str = ""
    name: str = ""


class Networks:
    """Asks the name servers given, else the host's own; of private addresses it asks nobody.

    `allow` are networks that count as public here.
    """

    def __init__(
        self,
        servers: Sequence[str] = (),
        allow: Sequence[Network] = (),
        *,
        port: int = 53,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_KEPT,
    ) -> None:
        self._servers = servers
        self._rules = Rules(allow=tuple(allow))
        self._port = port
        self._origins = Shared[Origin | None](most, clock)
        self._operators = Shared[str](most, clock)
        self._names = Shared[str](most, clock)

    async def of(self, address: str) -> Owner:
        """What is known of the address, or is learnt in time."""
        if refusal(address, self._rules):
            return Owner()
        ip = ip_address(address)
        ip = (ip.ipv4_mapped or ip) if ip.version == 6 else ip
        by = asyncio.get_running_loop().time() + SECONDS
        (asn, run_by), name = await asyncio.gather(
            self._routed(ip, by), _by(by, lambda: self._name(ip), "")
        )
        return Owner(asn, run_by, name)

    async def _routed(self, ip: IP, by: float) -> tuple[int | None, str]:
        asn = await _by(by, lambda: self._asn(ip), None)
        return asn, await _by(by, lambda: self._operator(asn), "") if asn else ""

    async def _asn(self, ip: IP) -> int | None:
        block = str(ip_network((ip, _BLOCK[ip.version]), strict=False))
        found = await self._origins.get(block, lambda: self._ask_origin(ip))
        if found and ip not in found.network:  # narrower than a block after all
            found = await self._origins.get(str(ip), lambda: self._ask_origin(ip))
        return found.asn if found else None

    async def _ask_origin(self, ip: IP) -> Found[Origin | None]:
        return _kept(await self._texts(origin_name(ip)), lambda texts: origin(texts, ip))

    async def _operator(self, asn: int) -> str:
        async def ask() -> Found[str]:
            texts = await self._texts(f"AS{asn}.asn.cymru.com")
            return _kept(texts, lambda texts: operator(texts, asn))

        return await self._operators.get(str(asn), ask)

    async def _name(self, ip: IP) -> str:
        async def ask() -> Found[str]:
            return _kept(await self._records(ip.reverse_pointer, "PTR"), _one_name)

        return await self._names.get(str(ip), ask)

    async def _texts(self, name: str) -> list[str] | None:
        found = await self._records(name, "TXT")
        return found and [b"".join(text.strings).decode("utf-8", "replace") for text in found]

    async def _records(self, name: str, kind: str) -> list[Any] | None:
        """Empty: there are none; None: nobody could say."""
        try:
            message = await names.reply(name, kind, self._servers, SECONDS, self._port)
            return None if message is None else names.records(message)
        except (OSError, ValueError):
            return None


def _one_name(pointers: Sequence[Any]) -> str:
    """Of several the first by the alphabet, so that it stays the same."""
    cleaned = [clean_name(pointer.target.to_text(omit_final_dot=True)) for pointer in pointers]
    # An address in the place of a name would be read as one.
    return min((name for name in cleaned if not re.search(r"(?:^|\.)[0-9]*$", name)), default="")


def _kept(found: list[T] | None, read: Callable[[list[T]], Any]) -> Found[Any]:
    """What is not there is kept for a while, too; what nobody could say is asked again soon."""
    if found is None:
        return Found(read([]), MINUTE)
    value = read(found)
    return Found(value, DAY if value else HOUR)


async def _by(when: float, ask: Callable[[], Awaitable[T]], otherwise: T) -> T:
    try:
        async with asyncio.timeout_at(when):
            return await ask()
    except TimeoutError:
        return otherwise
