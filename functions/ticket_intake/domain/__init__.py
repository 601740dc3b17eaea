"""The order of a domain name: what the domain form asks for, read and checked."""

from ticket_intake.domain.order import Order, order

__all__ = ["Order", "order"]
