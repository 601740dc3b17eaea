"""The staff command line."""
