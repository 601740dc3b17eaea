"""Reads infra/template.yaml: which functions there are, and where their code goes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "infra" / "template.yaml"


@dataclass(frozen=True)
class Function:
    name: str  # as the template calls it: WebFunction
    handler: str
    code_uri: str  # relative to infra/, as `aws cloudformation package` reads it

    @property
    def package(self) -> str:
        return self.handler.partition(".")[0]

    @property
    def zip_path(self) -> Path:
        return (TEMPLATE.parent / self.code_uri).resolve()


def parse(text: str) -> dict[str, Any]:
    template: dict[str, Any] = yaml_parse(text)
    return template


def parameters_of(path: Path) -> set[str]:
    return set(parse(path.read_text(encoding="utf-8"))["Parameters"])


def with_code(text: str, address: Callable[[Function], str]) -> str:
    """The template's text with each zip's path replaced by its address in a bucket."""
    for function in functions(text):
        old, new = f"CodeUri: {function.code_uri}\n", f"CodeUri: {address(function)}\n"
        text = text.replace(old, new)
    return text


def functions(text: str) -> list[Function]:
    resources = parse(text)["Resources"]
    return [
        Function(name, resource["Properties"]["Handler"], resource["Properties"]["CodeUri"])
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
