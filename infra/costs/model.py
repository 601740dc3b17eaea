"""A month's bill: what the steps need, and what is there whether anybody uses it or not."""

from dataclasses import dataclass
from functools import cached_property

from infra.costs import usage as assumed
from infra.costs.counted import PROBE, Counted, counted
from infra.costs.prices import Amounts, added, scaled
from infra.costs.stack import Stack, stack
from infra.costs.steps import of_step, start
from infra.costs.usage import DAYS, HOURS, SECONDS, Steps, Usage
from netdesk.pages import SITE
from netdesk.provider import Retention
from netdesk.provider_file import read


@dataclass(frozen=True)
class Bill:
    core: Amounts
    probe: Amounts  # the measuring host on EC2, beside that
    inside: Amounts  # one more, on a machine of the provider's own


@dataclass(frozen=True)
class Model:
    stack: Stack
    counted: Counted
    retention: Retention

    def month(self, usage: Usage) -> Bill:
        steps = added(assumed.steps(usage), assumed.STANDING, self._minutes)
        own = {name: many for name, many in steps.items() if not self._is_of_probe(name)}
        traces = {name: many for name, many in steps.items() if self._is_of_probe(name)}
        core = added(
            self.of(own),
            self.page_views(usage.page_views),
            self._standing,
            self._starts,
            self._table_keys(own),
            self._kept(usage, steps),
        )
        logged = {"log byte kept": core["log byte"]}  # for the template's thirty days
        probe = added(self.of(added(traces, assumed.PROBE_STANDING)), self._probes_key)
        inside = added(probe, {"metric": 1})  # how long it has not been heard of
        return Bill(added(core, logged), added(probe, self._machine(usage)), inside)

    def of(self, steps: Steps) -> Amounts:
        """What these steps need, and nothing that is there anyhow."""
        return added(*(scaled(self._step(name), many) for name, many in steps.items()))

    def page_views(self, many: float) -> Amounts:
        """At the worst: of the heaviest page, and none of them kept by CloudFront."""
        requests = many * (1 + assumed.SIDE_REQUESTS)
        return {
            "cloudfront request": requests,
            "cloudfront function": requests,
            "cloudfront byte": requests * (max(self.counted.pages.values()) + assumed.HEADERS),
            "s3 read": requests,
        }

    @property
    def metrics(self) -> frozenset[str]:
        """Of our own: those that the functions make, and those that alarms watch."""
        return self.stack.metrics | {*self.counted.metrics}

    def _is_of_probe(self, name: str) -> bool:
        return self.counted.steps[name].function == PROBE

    def _step(self, name: str) -> Amounts:
        work = self.counted.steps[name]
        return of_step(name, work, self.stack.functions.get(work.function))

    @cached_property
    def _minutes(self) -> Steps:
        """The runs of those functions that a clock wakes, but for those that make the page anew."""
        functions = self.stack.functions.items()
        often = {name: f.runs_by_schedule for name, f in functions if f.runs_by_schedule > HOURS}
        runs = {assumed.MINUTES[name]: many for name, many in often.items()}
        return added(runs, {assumed.MINUTES["ClockFunction"]: -sum(assumed.STANDING.values())})

    @cached_property
    def _standing(self) -> Amounts:
        functions = self.stack.functions.values()
        questions = SECONDS / 20 * assumed.QUEUE_POLLERS
        return {
            "alarm": self.stack.watched - self.stack.watched_for_probe,
            "metric": len(self.counted.metrics),
            "secret": self.stack.secrets,
            "key": self.stack.key_versions,
            "zone": 1,
            "dns query": assumed.DNS_QUERIES,
            "schedule": sum(function.runs_by_schedule for function in functions),
            "sqs request": questions * sum(function.queues for function in functions),
        }

    @cached_property
    def _starts(self) -> Amounts:
        """Of functions that run all the time."""
        often = [self.stack.functions[name] for name in assumed.MINUTES]
        return scaled(added(*map(start, often)), assumed.STARTS_A_DAY * DAYS)

    def _table_keys(self, steps: Steps) -> Amounts:
        """At the most as often as a function runs."""
        runs = dict.fromkeys(self.stack.functions, 0.0)
        for name, many in steps.items():
            runs[self.counted.steps[name].function] += many
        asked = (
            min(runs[name], SECONDS / assumed.KEY_SECONDS) * function.tables
            for name, function in self.stack.functions.items()
        )
        return {"key request": sum(asked)}

    @cached_property
    def _probes_key(self) -> Amounts:
        has_key = self.stack.functions["TraceFunction"].tables
        return {"key request": SECONDS / assumed.KEY_SECONDS * has_key}

    def _kept(self, usage: Usage, steps: Steps) -> Amounts:
        """When as much goes as comes."""
        stored = sum(
            max(0, self.counted.steps[name].stored_bytes) * many * self._months(name)
            for name, many in steps.items()
        )
        mails = usage.mails * assumed.RAW_MAIL * self.retention.raw_mail_days / DAYS
        files = steps["form sent with a file"] * assumed.FILE * self.retention.closed_tickets_months
        return {
            "dynamodb byte": stored,
            "dynamodb backup": stored,
            "s3 byte": mails + files + assumed.SITE_BYTES,
        }

    def _months(self, name: str) -> float:
        if name in assumed.TRACE:
            return self.retention.traces_days / DAYS
        return self.retention.closed_tickets_months

    def _machine(self, usage: Usage) -> Amounts:
        machine = self.stack.machine
        return {
            machine.kind: HOURS,
            "ipv4": HOURS,
            "gp3 byte": machine.disk_bytes,
            "byte out": usage.traces * assumed.TRACE_BYTES,
            "alarm": self.stack.watched_for_probe,
        }


def model() -> Model:
    return Model(stack(), counted(), read(SITE / "provider.toml").retention)
