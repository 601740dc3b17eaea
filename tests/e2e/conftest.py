"""One stack for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Stack, new_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with new_stack(tmp_path_factory.mktemp("stack")).running() as stack:
        yield stack
