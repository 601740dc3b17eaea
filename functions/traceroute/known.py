"""Whether the status page tells already of what a trace found."""

import json
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from netdesk.provider import Provider
from traceroute.verdict import Verdict

KEY = "api/v2/incidents/unresolved.json"  # as customers and other programs read it


@dataclass(frozen=True)
class Published:
    """The open notices, from the site's own bucket: they are there with every table down."""

    s3: Any
    bucket: str

    def open_notices(self) -> list[dict[str, Any]]:
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=KEY)
            return list(json.loads(found["Body"].read())["incidents"])
        except (BotoCoreError, ClientError, ValueError, KeyError, TypeError):
            return []  # a verdict without it is still one


def with_known(said: Verdict, published: Published, provider: Provider) -> Verdict:
    """The verdict with the notice of our own network's fault, or of that operator's."""
    if said.side not in ("ours", "transit") and said.code != "our-border":
        return said
    for notice in published.open_notices():
        if _ours(notice, said, provider) or _theirs(notice, said):
            return replace(said, known=(str(notice["name"]), str(notice["shortlink"])))
    return said


def _ours(notice: dict[str, Any], said: Verdict, provider: Provider) -> bool:
    """A notice of ours says how its components are; one of another's calls them operational."""
    if said.side == "transit":
        return False
    hit = {one["id"] for one in notice["components"] if one["status"] != "operational"}
    return provider.tracing.component in hit


def _theirs(notice: dict[str, Any], said: Verdict) -> bool:
    """Its title begins with whose trouble it is: `Example Transit: Fibre cut`."""
    whose, colon, _ = str(notice["name"]).partition(":")
    one, other = whose.casefold().split(), said.operator.casefold().split()
    shorter = min(len(one), len(other))
    return bool(colon and shorter) and one[:shorter] == other[:shorter]
