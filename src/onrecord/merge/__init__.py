"""Events out of claims, actors out of mentions: pure, over all documents at once.

Invariant: an event is counted once, and the result does not depend on the order of arrival. Claims are compared only
within blocks that share an actor and a day, or their words, so that the work grows with the number of claims, and not
with its square. Two claims are joined only if nothing in what is already joined speaks against it; in doubt they stay
apart.
"""

from onrecord.merge._actors import Sighting, actors, sightings
from onrecord.merge._events import Side, event_of, group, headline, merge
from onrecord.merge._names import fold, outlet_key, same_name
from onrecord.merge._tellings import claim_ids, day_of, page_name, tellings
from onrecord.merge._words import shared, sketch

__all__ = [
    "Side",
    "Sighting",
    "actors",
    "claim_ids",
    "day_of",
    "event_of",
    "fold",
    "group",
    "headline",
    "merge",
    "outlet_key",
    "page_name",
    "same_name",
    "shared",
    "sightings",
    "sketch",
    "tellings",
]
