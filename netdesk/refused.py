"""The one way in which a noun says no."""


class Refused(ValueError):
    """The wish can't be granted; the message is one sentence that says what to do."""
