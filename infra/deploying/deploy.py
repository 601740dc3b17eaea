"""Deploys the desk: bundle, check, propose, execute, and the steps that no template can take."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import bundle
from infra.deploying.free import Aws
from infra.deploying.package import Bucket
from infra.deploying.plan import Plan, Wish, check_names, planned
from infra.deploying.stack import Outputs, Proposal, Stacks, Told
from infra.template import ROOT, TEMPLATE, parameters_of
from netdesk.provider_file import read
from netdesk.refused import Refused

SITE = ROOT / "site"


@dataclass(frozen=True)
class Prepared:
    """All that is needed to go on, or to leave it."""

    stacks: Stacks
    plan: Plan
    proposal: Proposal | None  # None: nothing would change


def prepare(aws: Aws, wish: Wish, say: Callable[[str], None], site: Path) -> Prepared:
    """Up to the proposal, nothing changes but the bucket of code. Raises Refused, or Wrong."""
    check_names(wish)
    provider = read(site / "provider.toml")
    stacks = Stacks(aws.client("cloudformation"))
    before = stacks.parameters(wish.stack)
    plan = planned(aws, wish, provider, before)
    say("building the functions")
    bundle.bundle_all(site)
    say(f"sending them to the bucket {plan.bucket}")
    bucket = Bucket(aws.client("s3"), plan.bucket, plan.account)
    bucket.make()
    has_probe = bool(before.get("ProbeProgram", "new")) if wish.probe is None else wish.probe
    program = bucket.put(bundle.probe(bundle.libraries("probe"))) if has_probe else ""
    url = bucket.put_template()
    say("asking CloudFormation what would change")
    # What the template has no more is left out; what was set by hand stays.
    kept = {name: before[name] for name in set(before) & parameters_of(TEMPLATE)}
    given = kept | plan.parameters | {"ProbeProgram": program}
    return Prepared(stacks, plan, stacks.propose(plan.stack, url, given))


def carry_out(aws: Aws, prepared: Prepared, tell: Told) -> Outputs:
    """Raises Refused with the first thing that went wrong."""
    if prepared.proposal:
        prepared.stacks.execute(prepared.proposal, tell)
    outputs = prepared.stacks.outputs(prepared.plan.stack)
    _receive(aws, outputs)
    publish(aws.client("lambda"), outputs)
    return outputs


def publish(functions: Any, outputs: Outputs) -> None:
    """The clock's first minute, at once; raises Refused if it fails."""
    answer = functions.invoke(FunctionName=outputs["ClockFunction"], Payload=b"{}")
    if "FunctionError" in answer:
        said = answer["Payload"].read().decode(errors="replace")
        raise Refused(f"All is deployed, but the status page can't be published: {said}")


def _receive(aws: Aws, outputs: Outputs) -> None:
    """Make our receipt rules the active ones, unless others are: a region has one active set.

    https://docs.aws.amazon.com/ses/latest/APIReference/API_SetActiveReceiptRuleSet.html
    """
    ses = aws.client("ses")
    active = ses.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")
    if not active:  # else the doctor says that another one is
        ses.set_active_receipt_rule_set(RuleSetName=outputs["ReceiptRuleSet"])
