"""Traces: order one, read one."""
