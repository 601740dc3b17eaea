"""The whole desk on one machine, without an account."""
