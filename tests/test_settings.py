from dataclasses import dataclass
from importlib import import_module
from inspect import getmembers, isclass

import pytest

from netdesk.settings import Missing, read
from tests.desk import Cloud, common, doors


@dataclass(frozen=True)
class Kitchen:
    main_oven: str
    spare_oven: str


def test_each_field_comes_from_the_variable_of_its_name() -> None:
    environ = {"MAIN_OVEN": "gas", "SPARE_OVEN": "wood", "OTHER": "x"}
    assert read(Kitchen, environ) == Kitchen("gas", "wood")


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "set MAIN_OVEN, SPARE_OVEN in"),
        ({"MAIN_OVEN": "gas"}, "set SPARE_OVEN in"),
        ({"MAIN_OVEN": "", "SPARE_OVEN": "wood"}, "set MAIN_OVEN in"),
    ],
)
def test_all_that_is_missing_or_empty_is_named_at_once(environ: dict[str, str], named: str) -> None:
    with pytest.raises(Missing, match=named):
        read(Kitchen, environ)


@pytest.mark.parametrize("function", doors())
def test_the_template_sets_what_each_door_reads(cloud: Cloud, function: str) -> None:
    """Each door module imports the one settings class that it reads."""
    module = import_module(doors()[function])
    [kind] = [
        kind for _, kind in getmembers(module, isclass) if kind.__module__.endswith(".settings")
    ]
    environment = cloud.environment(function)
    fields = {name.upper() for name in kind.__dataclass_fields__}
    assert fields <= set(environment)
    assert set(environment) - fields <= set(common()["Environment"]["Variables"])
    read(kind, environment)
