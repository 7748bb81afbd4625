"""onrecord: from a pile of news to a record of events."""

__version__ = "0.1.0"
