"""What the door of traceroute needs from its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TraceSettings:
    traces_table: str
    probe_queue: str
    inside_probe_queue: str
    site_bucket: str
    origin_secret: str
    only_front: str  # "true" on AWS: public routes refuse calls past CloudFront
    public_url: str
