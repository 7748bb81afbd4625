"""Which office somebody held at the time of an event, as sources attest it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onrecord.model import Event, OfficeAt


def needed_by(event: Event) -> str | None:
    """The last day from which a source attests an office at the time of an event: that of the event, or of the first
    report of it if that is later. None if neither is known."""
    reported = [t.reported for t in event.tellings if t.reported and not t.reported.startswith("-")]
    days = [day for day in (event.date, min(reported, default=None)) if day and not day.startswith("-")]
    return max((day + "-99-99"[len(day) - 4 :] if len(day) < 10 else day for day in days), default=None)


def at_the_time(stated: Sequence[OfficeAt], event: Event) -> tuple[OfficeAt, ...]:
    """Of all that attests offices of somebody, what tells those at the time of the event, one attestation each.

    What a page that tells the event says goes before all else; then what the last source before it said; and where no
    source did until then, what the first one after it says, marked as `later`.
    """
    told_in = {(t.document_id, t.post) for t in event.tellings}
    limit = needed_by(event)
    own = [one for one in stated if (one.document_id, one.post) in told_in and not _after(one, limit)]
    if own:
        return _one_each(own)
    dated = [one for one in stated if one.attested]
    before = [one for one in dated if limit is not None and not _after(one, limit)]
    if before:
        last = max(one.attested or "" for one in before)
        return _one_each([one for one in before if one.attested == last])
    late = [one for one in dated if limit is not None]
    if not late:
        return ()
    first = min(one.attested or "" for one in late)
    return tuple(
        OfficeAt(o.title, o.org, o.country, o.attested, o.document_id, o.post, o.evidence, True)
        for o in _one_each([one for one in late if one.attested == first])
    )


def _after(one: OfficeAt, limit: str | None) -> bool:
    return bool(limit and one.attested and one.attested > limit)


def _one_each(stated: Collection[OfficeAt]) -> tuple[OfficeAt, ...]:
    out: dict[tuple[str, str | None, str | None], OfficeAt] = {}
    for one in sorted(stated, key=lambda o: (o.attested or "", o.document_id, o.post, o.evidence)):
        out.setdefault((one.title, one.org, one.country), one)
    return tuple(out.values())
