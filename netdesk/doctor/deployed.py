"""What CloudFormation deployed: the stack's outputs, and its resources by their names in AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Resource:
    kind: str  # such as AWS::DynamoDB::Table
    name: str  # its physical id


@dataclass(frozen=True)
class Deployed:
    stack: str
    outputs: Mapping[str, str]
    resources: Mapping[str, Resource]  # by their names in the template

    def output(self, name: str) -> str:
        """Raises LookupError with a sentence."""
        if found := self.outputs.get(name):
            return found
        raise LookupError(f"the stack {self.stack} has no output {name}: it is of another version")

    def name(self, resource: str) -> str:
        """Its name in AWS; raises LookupError with a sentence."""
        if found := self.resources.get(resource):
            return found.name
        raise LookupError(f"the stack {self.stack} has no {resource}: it is of another version")

    def all_of(self, kind: str) -> list[str]:
        return [one.name for one in self.resources.values() if one.kind == kind]

    @property
    def log(self) -> str:
        return self.outputs.get("Log") or f"/netdesk/{self.stack}"


def read(cloudformation: Any, stack: str) -> Deployed:
    [told] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in told.get("Outputs", [])}
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    listed = [one for page in pages for one in page["StackResourceSummaries"]]
    resources = {
        one["LogicalResourceId"]: Resource(one["ResourceType"], one["PhysicalResourceId"])
        for one in listed
        if one.get("PhysicalResourceId")  # what was never made has none
    }
    return Deployed(stack, outputs, resources)
