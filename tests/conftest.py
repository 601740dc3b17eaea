"""For all tests: nobody reaches a network that is not the tests' own, or a real account."""

import os

from tests.guard import network

network.install()
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
pytest_plugins = ["tests.desk", "tests.chromium"]
