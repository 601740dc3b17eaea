"""The shared floor: nouns and stores, the staff command line, the probe."""

__version__ = "0.1.0"
