"""Builds the publisher that a door uses, from the door's settings."""

from functools import cache, partial

from netdesk import aws
from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from status_publish.bucket import Bucket
from status_publish.clock import Clock
from status_publish.promises import count
from status_publish.publish import Publisher
from status_publish.settings import ClockSettings, NoticesSettings
from status_publish.store import Notices


@cache
def publisher(settings: NoticesSettings) -> Publisher:
    return Publisher(
        notices=Notices(aws.client("dynamodb"), settings.notices_table),
        bucket=Bucket(aws.client("s3"), settings.site_bucket),
        pages=Pages(read(SITE / "provider.toml"), settings.public_url),
    )


@cache
def clock(settings: ClockSettings) -> Clock:
    traffic = partial(count, aws.client("dynamodb"), settings.tickets_table)
    return Clock(publisher(settings), aws.client("ses"), traffic)
