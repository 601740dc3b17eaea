"""A stack by CloudFormation: what would change, then the change, resource by resource."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from netdesk.refused import Refused

Outputs = dict[str, str]
Told = Callable[[str, str, str], None]  # a resource, its state, the reason if it failed
# What may be updated: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
AT_REST = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
NEW = {"REVIEW_IN_PROGRESS", ""}  # a change set was made of it, and nothing else


@dataclass(frozen=True)
class Change:
    """`action` is Add, Modify or Remove; `replaces`: the resource is made anew."""

    action: str
    name: str
    kind: str
    replaces: str  # True, False or Conditional


@dataclass(frozen=True)
class Proposal:
    """A change set that waits to be executed."""

    stack: str
    id: str
    is_new: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Stacks:
    """CloudFormation in one region; `pause` are the seconds between two looks."""

    client: Any
    pause: float = 2.0

    def state(self, stack: str) -> str:
        """Empty if there is no such stack."""
        try:
            return str(self.client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if "does not exist" in str(error):
                return ""
            raise

    def outputs(self, stack: str) -> Outputs:
        found = self.client.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def parameters(self, stack: str) -> dict[str, str]:
        """As they are now; none if there is no such stack yet."""
        if self.state(stack) in NEW:
            return {}
        found = self.client.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
        return {one["ParameterKey"]: one["ParameterValue"] for one in found}

    def propose(self, stack: str, template_url: str, parameters: dict[str, str]) -> Proposal | None:
        """What the template would change; None if nothing. Raises Refused with a sentence."""
        state = self.state(stack)
        if state not in AT_REST | NEW:
            raise Refused(_busy(stack, state))
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
        made = self.client.create_change_set(
            StackName=stack,
            ChangeSetName=f"netdesk-{time.time_ns()}",
            ChangeSetType="CREATE" if state in NEW else "UPDATE",
            TemplateURL=template_url,
            Parameters=given,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        return self._settled(stack, made["Id"], state in NEW)

    def execute(self, proposal: Proposal, tell: Told) -> None:
        """Carry it out; raises Refused with the first thing that went wrong."""
        seen = {event["EventId"] for event in self._since(proposal.stack, set())}
        self.client.execute_change_set(ChangeSetName=proposal.id, StackName=proposal.stack)
        failure = end = ""
        while not end:
            time.sleep(self.pause)
            for event in self._since(proposal.stack, seen):
                state, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
                if state.endswith("_FAILED") and "cancelled" not in reason:
                    failure = failure or f"{event['LogicalResourceId']}: {reason}"
                tell(event["LogicalResourceId"], state, reason)
                end = end or (state if _ends(event) else "")
        if end not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise Refused(
                f"AWS did not do it ({end}), and put back what was there before."
                f" The first fault: {failure or 'none was told'}"
            )

    def forget(self, proposal: Proposal) -> None:
        """It was not wanted; a stack that is not there yet leaves nothing behind."""
        if proposal.is_new:
            self.client.delete_stack(StackName=proposal.stack)
        else:
            self.client.delete_change_set(ChangeSetName=proposal.id, StackName=proposal.stack)

    def _settled(self, stack: str, change_set: str, is_new: bool) -> Proposal | None:
        while (found := self._change_set(stack, change_set))["Status"].endswith(
            ("_PENDING", "_IN_PROGRESS")
        ):
            time.sleep(self.pause)
        proposal = Proposal(stack, change_set, is_new, tuple(self._changes(stack, change_set)))
        if found["Status"] != "FAILED":
            return proposal
        self.forget(proposal)
        reason = found.get("StatusReason", "no reason was given")
        if "didn't contain changes" in reason or "No updates" in reason:
            return None
        raise Refused(f"AWS refuses the template: {reason}")

    def _change_set(self, stack: str, change_set: str) -> Any:
        return self.client.describe_change_set(ChangeSetName=change_set, StackName=stack)

    def _changes(self, stack: str, change_set: str) -> Iterator[Change]:
        asked: dict[str, str] = {"ChangeSetName": change_set, "StackName": stack}
        while True:
            page = self.client.describe_change_set(**asked)
            for change in page.get("Changes", []):
                yield _change(change["ResourceChange"])
            if not page.get("NextToken"):
                return
            asked["NextToken"] = page["NextToken"]

    def _since(self, stack: str, seen: set[str]) -> list[Any]:
        """What is new, oldest first; AWS tells the newest first, and no more is fetched."""
        news = list(takewhile(lambda event: event["EventId"] not in seen, self._events(stack)))
        seen.update(event["EventId"] for event in news)
        return news[::-1]

    def _events(self, stack: str) -> Iterator[Any]:
        for page in self.client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from page["StackEvents"]


def _ends(event: Any) -> bool:
    """Of the stack itself, and nothing goes on."""
    is_own = event["PhysicalResourceId"] == event["StackId"]
    return is_own and not event["ResourceStatus"].endswith("_IN_PROGRESS")


def _change(told: Any) -> Change:
    return Change(
        action=told["Action"],
        name=told["LogicalResourceId"],
        kind=told["ResourceType"],
        replaces=told.get("Replacement", "False"),
    )


def _busy(stack: str, state: str) -> str:
    if state.endswith("_IN_PROGRESS"):
        return f"The stack {stack} is being changed just now ({state}): wait until that is over."
    if state in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        return (
            f"The stack {stack} was never made ({state}): remove what is left of it with"
            f" `aws cloudformation delete-stack --stack-name {stack}`, then try again. If that"
            " fails, empty the stack's buckets, and add `--deletion-mode FORCE_DELETE_STACK`."
        )
    return f"The stack {stack} is {state}: mend that in AWS's console first."
