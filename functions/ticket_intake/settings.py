"""What each door of ticket_intake needs from its environment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeskSettings:
    tickets_table: str
    files_bucket: str
    desk_secret: str
    public_url: str


@dataclass(frozen=True)
class WebSettings(DeskSettings):
    origin_secret: str
    only_front: str  # "true" on AWS: public routes refuse calls past CloudFront
    codes_folder: str


@dataclass(frozen=True)
class StaffSettings(DeskSettings):
    codes_folder: str
    mail_bucket: str


@dataclass(frozen=True)
class MailSettings(DeskSettings):
    mail_bucket: str


@dataclass(frozen=True)
class RetentionSettings:
    tickets_table: str
    files_bucket: str
    mail_bucket: str
