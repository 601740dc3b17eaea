"""What customers and staff trace, and what the measuring hosts do."""

from functools import partial

from netdesk import settings
from netdesk.probe import agent as agents
from netdesk.probe.host import RESOLVER, from_environment
from tests.desk import ARN, REGION, ask, form
from tests.iam.stage import Stage
from tests.test_agent import NOBODY, Probe
from tests.test_trace_door import BROKEN, learn, order, published, read, with_inside
from traceroute import door, wiring
from traceroute.ordering import BY_TARGET
from traceroute.settings import TraceSettings
from traceroute.tracing import Tracing

PROBES = {  # each with its queue and its policy
    "outside": ("ProbeQueue", "ProbePolicy"),
    "inside": ("InsideProbeQueue", "InsideProbePolicy"),
}
DONE = {"sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}


def from_both(stage: Stage) -> None:
    """A fault that the status page tells of, once it is there; too many want to know."""
    both = tracing(stage)
    trace = stage.open("TraceFunction")
    for _ in range(BY_TARGET.most + 1):
        job = order(trace, "www.example.com").json["id"]
    for probe in PROBES:
        learn(both, job, *BROKEN, probe=probe)
        both.traces.end(probe, job)
    for _ in range(2):
        assert read(trace, job).status == 200
        published(stage.cloud)
    body = form({"target": "www.example.org"})
    assert ask(trace, "POST", "/api/traces", body=body, wants="html").status == 202


def by_staff(stage: Stage) -> None:
    trace = stage.open("TraceFunction")
    body = {"target": "www.example.com"}
    job = ask(trace, "POST", "/staff/traces", body=body, arn=ARN).json["id"]
    assert ask(trace, "GET", f"/staff/traces/{job}", arn=ARN).status == 200


def measuring(stage: Stage) -> None:
    """Each host does what was ordered, and gives back what is no order."""
    stage.patch.setattr(agents, "POLL_SECONDS", 0)
    for name, (queue, policy) in PROBES.items():
        environ = {"AWS_DEFAULT_REGION": REGION, "PROBE_NAME": name}
        environ |= {"PROBE_QUEUE": stage.cloud.name(queue)}
        environ |= {"TRACES_TABLE": stage.cloud.name("TracesTable")}
        agent = agents.build(environ, from_environment({RESOLVER: NOBODY}))
        probe = Probe(agent, stage.cloud, agent.traces, dead_letters="")
        probe.order()
        probe.send("no order")
        with stage.observer.acting(policy):
            probe.serve(partial(_is_done, stage, policy))


def _is_done(stage: Stage, policy: str) -> bool:
    return {ask.action for ask in stage.observer.asked[policy]} >= DONE


def tracing(stage: Stage) -> Tracing:
    """That of the door, with a measuring host in the provider's own network, too."""
    given = settings.read(TraceSettings, stage.cloud.environment("TraceFunction"))
    both = with_inside(wiring.tracing(given))
    stage.patch.setattr(door, "tracing", lambda: both)
    return both
