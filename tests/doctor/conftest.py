"""The whole desk, for the checks that act."""

from tests.doctor.whole_desk import whole

__all__ = ["whole"]
