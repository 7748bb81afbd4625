"""Which texts share words: copied, shortened, reworded, or an excerpt; with the spans on both sides.

Invariant: what is found depends on the texts alone, not on the order in which they come; and of two texts, the words of
every span stand in both. Texts are compared only if they share fingerprints, so that the work grows with their number,
and not with its square.
"""

from onrecord.reuse._align import Overlap, Word, align, words
from onrecord.reuse._direction import Text, direction
from onrecord.reuse._find import HUB, LEAST, NEAREST, between, find, near, pairs_of, rank
from onrecord.reuse._fingerprints import fingerprints

__all__ = [
    "HUB",
    "LEAST",
    "NEAREST",
    "Overlap",
    "Text",
    "Word",
    "align",
    "between",
    "direction",
    "find",
    "fingerprints",
    "near",
    "pairs_of",
    "rank",
    "words",
]
