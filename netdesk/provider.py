"""The provider that this desk serves, as values: site/provider.toml says them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from netdesk.hours import Hours
from netdesk.ranges import Network, Rules


@dataclass(frozen=True)
class Phone:
    number: str
    status_option: int
    emergency_option: int
    message_option: int


@dataclass(frozen=True)
class Emergency:
    by_form: bool
    answer_within_minutes: int
    counts: tuple[str, ...]
    does_not_count: tuple[str, ...]
    leave: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What the form asks in one category: a line, a longer text, or an address to be copied."""

    key: str
    name: str
    hint: str
    kind: str


@dataclass(frozen=True)
class Category:
    key: str
    name: str
    questions: tuple[Question, ...] = ()
    form: str = ""  # the page of its own form


@dataclass(frozen=True)
class Component:
    key: str
    name: str
    about: str
    meanwhile: str  # what customers can do while it does not work


@dataclass(frozen=True)
class Group:
    name: str
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Configuration:
    name: str
    value: str
    about: str


@dataclass(frozen=True)
class Retention:
    """How long what customers gave is kept."""

    raw_mail_days: int
    closed_tickets_months: int
    traces_days: int


@dataclass(frozen=True)
class Probe:
    """A measuring host: `inside` our own network, or outside it."""

    name: str
    place: str  # as it goes on from "our measuring host, ..."
    inside: bool


@dataclass(frozen=True)
class Tracing:
    rules: Rules  # which addresses may be traced besides the usual ones, and which never
    resolvers: tuple[str, ...]  # others than a probe's own, asked for comparison
    controls: tuple[str, ...]  # addresses in other networks that answer whenever a probe is online
    component: str  # the service that a fault of our own network belongs to
    probes: tuple[Probe, ...]


@dataclass(frozen=True)
class Provider:
    name: str
    mail_domains: tuple[str, ...]
    prefixes: tuple[Network, ...]
    mail: str
    known_as: str
    staff_mail: str
    staff_senders: tuple[str, ...]  # who may pass a customer's mail on to the desk
    blocked_senders: tuple[str, ...]  # addresses, or whole domains as @spam.example
    phone: Phone
    hours: Hours
    emergency: Emergency
    categories: tuple[Category, ...]
    groups: tuple[Group, ...]
    configuration: tuple[Configuration, ...]
    next_update: Mapping[str, timedelta]  # by impact
    tracing: Tracing
    retention: Retention

    @property
    def questions(self) -> Iterator[Question]:
        return (question for category in self.categories for question in category.questions)

    @property
    def components(self) -> Iterator[Component]:
        return (component for group in self.groups for component in group.components)
