"""How a trace is asked for beside its target: which probes, which packets, which version of IP."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from netdesk.provider import Probe
from netdesk.target import Address, parse
from netdesk.trace import MOST_FLOWS, Method, Wish


class WrongWish(ValueError):
    """`errors` holds a sentence for each field to mend."""

    def __init__(self, **errors: str) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def probes(fields: Mapping[str, Any], known: Sequence[Probe]) -> Sequence[Probe]:
    """The one that is asked for, else all."""
    wanted = fields.get("from") or None
    found = [probe for probe in known if wanted in (None, probe.name)]
    if not found:
        raise WrongWish(**{"from": f"Choose a measuring host: {', '.join(p.name for p in known)}."})
    return found


def wish(fields: Mapping[str, Any], target: str) -> Wish:
    method, version = fields.get("method") or None, _whole(fields.get("version") or None)
    flows = _whole(fields.get("flows", 1))
    if method not in (None, *get_args(Method)):
        raise WrongWish(method=f"Choose a method: {', '.join(get_args(Method))}.")
    if version not in (None, 4, 6) or isinstance(version, float):
        raise WrongWish(version="Choose a version of IP: 4 or 6.")
    if type(flows) is not int or not 1 <= flows <= MOST_FLOWS:
        raise WrongWish(flows=f"Choose how many flows: 1 to {MOST_FLOWS}.")
    literal = parse(target)
    if version and isinstance(literal, Address) and literal.ip.version != version:
        raise WrongWish(version=f"{target} is an address of IPv{literal.ip.version}.")
    return Wish(method, version, flows)


def _whole(given: Any) -> Any:
    """A form gives digits where JSON gives a number."""
    return int(given) if isinstance(given, str) and given.isdecimal() and len(given) < 4 else given
