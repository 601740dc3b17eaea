"""Tickets: web form, mail, staff desk, outbox."""
