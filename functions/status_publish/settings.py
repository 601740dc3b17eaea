"""What the doors of status_publish need from their environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticesSettings:
    notices_table: str
    site_bucket: str
    public_url: str


@dataclass(frozen=True)
class ClockSettings(NoticesSettings):
    tickets_table: str
