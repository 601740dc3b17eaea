"""Commands in the documents are commands that there are: netdesk's, make's and AWS's own."""

import re
import shlex
from collections.abc import Iterator

import boto3
import pytest
from botocore import xform_name

from infra.template import ROOT
from netdesk.cli.main import parser

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/*.md"))]
# Commands of the aws command line that are no operation of an API.
CUSTOM = {"s3 cp", "s3 mb", "logs tail", "cloudformation package", "cloudformation deploy"}
GLOBAL = {"region", "query", "output", "profile"}


def lines() -> Iterator[tuple[str, str]]:
    """Each line of code, and each command between backticks; a line that goes on is one."""
    for path in DOCUMENTS:
        text = path.read_text("utf-8").replace("\\\n", " ")
        code = re.findall(r"(?m)^    (\S.*)$|^\$ (.*)$|`((?:netdesk|aws) [^`]*)`", text)
        yield from ((path.name, next(filter(None, found))) for found in code)


def commands(program: str) -> list[tuple[str, str]]:
    """Of one program; what stands in $(...) is a command, too."""
    found = []
    for name, line in lines():
        inner = re.findall(r"\$\(([^()]*)\)", line)
        for command in [re.sub(r"\$\([^()]*\)", "X", line), *inner]:
            words = command.split("#")[0].strip().removeprefix("export ")
            if words.startswith(f"{program} "):
                found.append((name, words))
    return sorted(set(found))


@pytest.mark.parametrize(("document", "command"), commands("netdesk"))
def test_what_the_documents_type_netdesk_takes(document: str, command: str) -> None:
    words = shlex.split(command.replace(" ...", "").replace("[--json]", ""))[1:]
    words = words[: words.index("|")] if "|" in words else words
    given = [word for word in words if word.startswith("--")]
    named = [word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)?", word)]
    helped = parser()
    for word in named:
        helped = _below(helped, word) or helped
    options = helped.format_help()
    assert helped.prog != "netdesk" or "--version" in given, command
    assert not [option for option in given if option.partition("=")[0] not in options], command


def _below(made, word):
    for action in made._actions:
        if isinstance(action.choices, dict) and word in action.choices:
            return action.choices[word]
    return None


@pytest.mark.parametrize(("document", "command"), commands("aws"))
def test_what_the_documents_ask_of_aws_there_is(document: str, command: str) -> None:
    _, service, *rest = shlex.split(command.replace("...", "X"))
    if service in ("configure", "sso") or f"{service} {rest[0]}" in CUSTOM:
        return
    client = boto3.client(service, "us-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    operations = {xform_name(n, "-"): n for n in client.meta.service_model.operation_names}
    assert rest[0] in operations, command
    shape = client.meta.service_model.operation_model(operations[rest[0]]).input_shape
    members = {xform_name(name, "-") for name in shape.members}
    asked = {word[2:].partition("=")[0] for word in rest[1:] if word.startswith("--")}
    assert asked <= members | GLOBAL, command


@pytest.mark.parametrize(("document", "command"), commands("make"))
def test_what_the_documents_make_there_is(document: str, command: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    assert {word for word in command.split()[1:] if "=" not in word} <= targets
