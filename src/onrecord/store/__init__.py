"""The record: everything read and everything derived from it, in one database.

Invariant: one transaction a document, so that a killed run loses at most the document in work, and a second run ends in
the same record. Adding the same input again changes nothing.
"""

from onrecord.store.record import Record

__all__ = ["Record"]
