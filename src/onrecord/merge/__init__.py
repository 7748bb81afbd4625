"""Events out of claims, actors out of mentions: pure, over all documents at once or where something changed.

Invariant: an event is counted once, and the result does not depend on the order of arrival. Claims are compared only
where they share a key (two actors, or an actor and a day, or their words), so that the work grows with the number of
claims, and not with its square. Two claims are joined only if nothing in what is already joined speaks against it; in
doubt they stay apart. What a reviewer ruled goes before all of this.
"""

from onrecord.merge._actors import Naming, Sighting, actors, alias_key, naming, sightings
from onrecord.merge._alike import COPIED, common
from onrecord.merge._events import event_of, headline, merge
from onrecord.merge._names import fold, outlet_key, same_name
from onrecord.merge._offices import at_the_time
from onrecord.merge._rulings import holding, in_force, lost, marks, on_events, rulings
from onrecord.merge._settle import CAP, Knot, Rulings, Shelf, meeting, settle
from onrecord.merge._shapes import Shape, Side, Unit, keys, phrases, restored, units
from onrecord.merge._stories import Act, acts, stories
from onrecord.merge._tellings import claim_ids, day_of, page_name, tellings

__all__ = [
    "CAP",
    "COPIED",
    "Act",
    "Knot",
    "Naming",
    "Rulings",
    "Shape",
    "Shelf",
    "Side",
    "Sighting",
    "Unit",
    "actors",
    "acts",
    "alias_key",
    "at_the_time",
    "claim_ids",
    "common",
    "day_of",
    "event_of",
    "fold",
    "headline",
    "holding",
    "in_force",
    "keys",
    "lost",
    "marks",
    "meeting",
    "merge",
    "naming",
    "on_events",
    "outlet_key",
    "page_name",
    "phrases",
    "restored",
    "rulings",
    "same_name",
    "settle",
    "sightings",
    "stories",
    "tellings",
    "units",
]
