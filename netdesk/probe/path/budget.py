"""How many packets one job may send, whatever it sends them for."""

MOST_PACKETS = 120


class Budget:
    """Shared by all that a job does at the same time."""

    def __init__(self, left: int = MOST_PACKETS) -> None:
        self.left = left

    def take(self, wanted: int) -> int:
        """How many of them may be sent; whoever takes them sends them."""
        granted = max(0, min(wanted, self.left))
        self.left -= granted
        return granted
