"""Where our code calls AWS: functions in which the name of a client's method stands."""

import ast
from collections.abc import Iterator

from botocore import xform_name

from infra.template import ROOT
from tests.iam.actions import TABLE
from tests.iam.observer import Place

METHODS = {xform_name(call.partition(":")[2]) for call in TABLE}


def places() -> set[Place]:
    """Of what a bundle holds; below netdesk/ lie programs."""
    paths = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "netdesk").glob("*.py")]
    return {
        (str(path.relative_to(ROOT)), function)
        for path in paths
        for function in _calling(ast.parse(path.read_text("utf-8")), "", "")
    }


def _calling(node: ast.AST, function: str, prefix: str) -> Iterator[str]:
    """By their qualified names: https://peps.python.org/pep-3155/"""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ClassDef():
                yield from _calling(child, function, f"{prefix}{child.name}.")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                name = prefix + child.name
                yield from _calling(child, name, f"{name}.<locals>.")
            case _:
                if _names_a_method(child):
                    yield function
                yield from _calling(child, function, prefix)


def _names_a_method(node: ast.AST) -> bool:
    """`client.put_item(...)`, or `get_paginator("query")`."""
    match node:
        case ast.Call(func=ast.Attribute(attr=method)) | ast.Constant(value=str(method)):
            return method in METHODS
    return False
