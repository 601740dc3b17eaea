"""From a mail that was read to what becomes of it."""
