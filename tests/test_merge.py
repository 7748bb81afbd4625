"""An event is counted once, two events are counted twice, and nobody is taken for somebody else."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import reuse
from onrecord.merge import (
    Shape,
    Side,
    Sighting,
    _settle,
    actors,
    claim_ids,
    day_of,
    fold,
    headline,
    merge,
    outlet_key,
    page_name,
    same_name,
    tellings,
)
from onrecord.model import (
    Cell,
    Claim,
    Event,
    Evidence,
    Layer,
    Participant,
    Post,
    Reading,
    Role,
    Span,
    Statement,
    Telling,
    content_id,
)

STATES = {"Otto Brandvik": "NOR", "Marisela Quiroga": "PER", "Ganbold Erdene": "MNG", "Sofie Brandvik": "NOR"}
BODIES = {"Ganbold Erdene": ("Central Committee of the Lantern Party",)}


def told(
    words: str,
    *who: str,
    day: str | None = "2031-05-06",
    type: str = "CONSULT",
    mode: str | None = "meeting",
    place: str | None = None,
    origin: str = "",
    document: str = "",
    post: int = 0,
    group: int = 0,
    act: str = "",
    reported: str | None = "2031-05-06",
    roles: Sequence[str] = (),
) -> Telling:
    """A telling in its own document; what has “Party” in its name is a body, Norway, Peru and Mongolia are states."""

    def kind(name: str) -> str:
        if name in ("Norway", "Peru", "Mongolia"):
            return "country"
        return "organisation" if "Party" in name else "person"

    usual = {"SUPPORT": ("sender", "recipient"), "AID": ("giver", "receiver")}.get(type, ("initiator", "counterpart"))
    participants = tuple(
        Participant(name, kind(name), roles[n] if roles else usual[min(n, 1)], (Evidence(0, 0, 1),))
        for n, name in enumerate(who)
    )
    start = words.index(act) if act else 0
    claim = Claim(
        type, mode, Evidence(0, start, start + (len(act) or 1)), Evidence(0, 0, len(words)), participants,
        Cell(day, (), "told") if day else None, Cell(place, (), "told") if place else None, focus=True, group=group,
    )  # fmt: skip
    document = document or content_id(words, who, day, origin)
    return Telling(
        content_id("claim", document, post, group, words, who), document, post, 0, claim, (origin or document,), words,
        reported, origin or document,
    )  # fmt: skip


def merged(*items: Telling) -> tuple[Event, ...]:
    return merge(items, side_of=lambda document, post, name: Side(STATES.get(name), BODIES.get(name, ())))


def together(*items: Telling) -> bool:
    """Whether all items are one event; whether none are joined if not."""
    number = len(merged(*items))
    assert number in (1, len(items)), "some are joined, some are not"
    return number == 1


MET = told("Otto Brandvik met Marisela Quiroga.", "Otto Brandvik", "Marisela Quiroga")


@pytest.mark.parametrize(
    "other",
    [
        told("The president received Ms Quiroga at noon.", "Marisela Quiroga", "Otto Brandvik"),
        told("BRANDVIK OTTO and Quiroga spoke.", "OTTO BRANDVIK", "Marísela Quiroga Pinto"),
        told("They met a day later elsewhere on the globe.", "Otto Brandvik", "Marisela Quiroga", day="2031-05-07"),
        told("They met in May.", "Otto Brandvik", "Marisela Quiroga", day="2031-05"),
        told("They met.", "Otto Brandvik", "Marisela Quiroga", day="--05-06"),
        told("They met.", "Otto Brandvik", "Marisela Quiroga", day=None, reported="2031-05-08"),
        told("They and others met.", "Otto Brandvik", "Marisela Quiroga", "Ganbold Erdene", "Sofie Brandvik"),
        told("They met.", "Otto Brandvik", "Marisela Quiroga", mode=None),
    ],
)
def test_tellings_of_one_meeting_are_one_event(other: Telling) -> None:
    assert together(MET, other)


@pytest.mark.parametrize(
    "other",
    [
        told("They met two days later.", "Otto Brandvik", "Marisela Quiroga", day="2031-05-08"),
        told("They met a year before.", "Otto Brandvik", "Marisela Quiroga", day="2030-05-06"),
        told("They met in June.", "Otto Brandvik", "Marisela Quiroga", day="2031-06"),
        told("They had met before.", "Otto Brandvik", "Marisela Quiroga", day=None, reported="2031-07-01"),
        told("They spoke by telephone.", "Otto Brandvik", "Marisela Quiroga", mode="call"),
        told("They signed.", "Otto Brandvik", "Marisela Quiroga", type="AGREE", mode="agreement"),
        told("Brandvik met Erdene.", "Otto Brandvik", "Ganbold Erdene"),
        told("Another Brandvik met Quiroga.", "Sofie Brandvik", "Marisela Quiroga"),
        told("Brandvik met somebody.", "Otto Brandvik"),
        told(
            "Somebody met.",
        ),
    ],
)
def test_other_meetings_stay_apart(other: Telling) -> None:
    assert not together(MET, other)


def test_calls_of_two_leaders_with_one_president_are_two() -> None:
    calls = [
        told(f"{one} telephoned Ganbold Erdene.", one, "Ganbold Erdene", mode="call")
        for one in ("Otto Brandvik", "Marisela Quiroga")
    ]
    assert not together(*calls)


def test_condolences_of_four_senders_are_four() -> None:
    sent = [
        told(f"{one} sent condolences to Peru.", one, "Peru", type="SUPPORT", mode="message", act="sent")
        for one in ("Otto Brandvik", "Sofie Brandvik", "Ganbold Erdene", "Norway")
    ]
    assert not together(*sent)
    assert together(sent[0], told("A message came from Oslo.", "Otto Brandvik", "Peru", type="SUPPORT", mode="message"))


def test_statements_that_condemn_are_acts_of_their_own_but_reports_are_not() -> None:
    def condemned(words: str, act: str, origin: str) -> Telling:
        return told(words, "Norway", "Peru", type="ACCUSE", mode=None, act=act, origin=origin)

    office = condemned("Norway strongly condemns the shelling.", "strongly condemns", "office of the king")
    ministry = condemned("Norway condemns this act of Peru.", "condemns", "ministry")
    report = condemned("Norway condemned the shelling by Peru on the coast.", "condemned", "herald")
    other = condemned("Peru was condemned by Norway, it said.", "was condemned", "courier")
    assert not together(office, ministry)
    assert together(report, other)
    assert together(report, ministry)


def test_aid_of_a_state_and_of_its_minister_is_one() -> None:
    state = told("Norway gave Peru tents.", "Norway", "Peru", type="AID", mode="delivery")
    minister = told("Otto Brandvik handed over tents.", "Otto Brandvik", "Peru", type="AID", mode="delivery")
    stranger = told("Ganbold Erdene handed over tents.", "Ganbold Erdene", "Peru", type="AID", mode="delivery")
    assert together(state, minister)
    assert not together(state, stranger)
    assert not together(minister, stranger)


def test_states_stand_for_both_sides_of_a_call() -> None:
    leaders = told("Brandvik telephoned Quiroga.", "Otto Brandvik", "Marisela Quiroga", mode="call")
    assert together(leaders, told("Norway and Peru held talks by telephone.", "Norway", "Peru", mode="call"))
    assert not together(leaders, told("Norway and Mongolia held talks.", "Norway", "Mongolia", mode="call"))


def test_a_body_stands_for_its_head_and_is_no_further_actor() -> None:
    head = told("Erdene met Quiroga.", "Ganbold Erdene", "Marisela Quiroga")
    body = told("The committee received Quiroga.", "Central Committee of the Lantern Party", "Marisela Quiroga")
    (event,) = merged(head, body)
    assert {p.name for p in event.participants} == {"Ganbold Erdene", "Marisela Quiroga"}
    (left,) = [cell for cell in event.cells if not cell.chosen]
    assert left.value == "Central Committee of the Lantern Party"
    assert event.tellings[left.tellings[0]] == body
    assert not together(head, told("The Party received Quiroga.", "Plough Party", "Marisela Quiroga"))


def test_a_state_named_beside_its_minister_is_an_actor() -> None:
    (event,) = merged(told("Brandvik of Norway met Quiroga.", "Otto Brandvik", "Norway", "Marisela Quiroga"))
    assert len(event.participants) == 3


def gathering(words: str, *who: str, day: str = "2031-05-06") -> Telling:
    return told(words, *who, mode="gathering", day=day, reported=day)


def test_a_numbered_congress_is_one_though_it_lasts_and_its_guests_differ() -> None:
    opened = gathering("The 9th National Congress of the Lantern Party opened.", "Lantern Party")
    closed = gathering(
        "The Ninth National Congress of the Lantern Party has closed.", "Otto Brandvik", day="2031-05-11"
    )
    assert together(opened, closed)
    tenth = gathering("The 10th National Congress of the Lantern Party opened.", "Lantern Party")
    rival = gathering("The 9th Youth Forum on Rivers opened.", "Lantern Party")
    late = gathering("The 9th National Congress of the Lantern Party was held.", "Lantern Party", day="2031-09-01")
    for other in (tenth, rival, late):
        assert not together(opened, other)


def test_claims_of_one_post_in_one_group_are_one_event() -> None:
    again = dataclasses.replace(told("It was their first.", day=None), document_id=MET.document_id)
    assert together(MET, again)


def test_two_meetings_of_one_post_stay_two_though_another_page_fits_both() -> None:
    first = told("They met first.", "Otto Brandvik", "Marisela Quiroga", document="page", group=0, place="Oslo")
    second = told("They met again.", "Otto Brandvik", "Marisela Quiroga", document="page", group=1, day="2031-05-07")
    for between in ("2031-05", "2031-05-06", "2031-05-07"):
        other = told("They met.", "Otto Brandvik", "Marisela Quiroga", day=between)
        events = merged(first, second, other)
        assert sorted(len(event.tellings) for event in events) == [1, 2]


def test_one_actor_is_enough_for_an_election_but_not_for_a_meeting() -> None:
    def elected(words: str, *who: str) -> Telling:
        return told(words, *who, type="OFFICE", mode="election", roles=("holder",) * len(who))

    assert together(
        elected("Erdene was elected.", "Ganbold Erdene"),
        elected("The Party chose him.", "Ganbold Erdene", "Lantern Party"),
    )
    assert not together(
        elected("Erdene was elected.", "Ganbold Erdene"), elected("Quiroga was, too.", "Marisela Quiroga")
    )


LONG = "Ministers of seven northern harbours agreed on Tuesday to dredge the common channel before the first ice comes"


def test_copied_sentences_are_one_event_and_one_source() -> None:
    items = [
        told(f"{LONG}{tail}", "Otto Brandvik", type="AGREE", mode="agreement", origin=origin)
        for tail, origin in ((".", "herald"), (", the paper writes.", "courier"))
    ]
    (event,) = merged(*items)
    assert event.independent == 1


def test_copied_layers_are_one_source_though_the_sentences_differ() -> None:
    text = " ".join(f"{word}{n}" for n in range(60) for word in ("harbour", "ice", "dredger"))
    other = told("Quiroga was received by Brandvik.", "Marisela Quiroga", "Otto Brandvik", origin="courier")
    texts = [reuse.Text(MET.document_id, 0, 0, text), reuse.Text(other.document_id, 0, 0, text[: len(text) // 2])]
    assert merge([MET, other])[0].independent == 2
    assert merge([MET, other], shared=reuse.find(texts))[0].independent == 1


def test_tellings_of_one_agency_are_one_source() -> None:
    other = [
        told(f"{n}: Quiroga was received by Brandvik.", "Marisela Quiroga", "Otto Brandvik", origin="agency")
        for n in ("First", "Second", "Third")
    ]
    (event,) = merged(MET, *other)
    assert (len(event.tellings), event.independent) == (4, 2)


def test_cells_take_what_most_sources_say_and_keep_the_rest() -> None:
    items = [
        told(f"{n} They met.", "Otto Brandvik", "Marisela Quiroga", place=place, day=day, origin=origin)
        for n, (place, day, origin) in enumerate(
            [
                ("Oslo", "2031-05-06", "a"),
                ("Bergen", "2031-05-07", "b"),
                ("Ósló", "2031-05", "c"),
                ("Bergen", None, "b"),
            ]
        )
    ]
    (event,) = merged(*items)
    assert (event.place in ("Oslo", "Ósló"), event.date, event.independent) == (True, "2031-05-06", 3)
    said = {(cell.cell, cell.value): cell for cell in event.cells}
    assert not said["place", "Bergen"].chosen
    assert not said["date", "2031-05-07"].chosen
    assert {event.tellings[n].origin for n in said["place", event.place].tellings} == {"a", "c"}
    assert {event.tellings[n].origin for n in said["place", "Bergen"].tellings} == {"b"}


def test_participants_stand_once_under_their_fullest_name() -> None:
    other = told("Otto G. Brandvik met Quiroga.", "Otto G. Brandvik", "Marisela Quiroga", "Ganbold Erdene")
    (event,) = merged(MET, other)
    assert [p.name for p in event.participants] == ["Otto G. Brandvik", "Marisela Quiroga", "Ganbold Erdene"]
    named = [cell for cell in event.cells if cell.cell == "participant"]
    assert named[0].names == ("Otto Brandvik", "Otto G. Brandvik")
    for participant, cell in zip(event.participants, named, strict=True):
        first = event.tellings[cell.tellings[0]].claim
        assert participant.evidence in [p.evidence for p in first.participants]
    assert headline(event) == "Otto G. Brandvik, Marisela Quiroga, Ganbold Erdene · meeting · 2031-05-06"


NAMES = ("Otto Brandvik", "Otto G. Brandvik", "Marisela Quiroga", "Ganbold Erdene", "Norway", "Peru")
ANY = st.builds(
    lambda n, who, day, type, mode, post: told(
        f"Telling {n}.", *who, day=day, type=type, mode=mode, document=f"page {n % 5}", post=post, group=n
    ),
    st.integers(0, 9),
    st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
    st.sampled_from([None, "2031-05-06", "2031-05-07", "2031-05", "--05-06", "2031-05-08"]),
    st.sampled_from(["CONSULT", "AID", "SUPPORT"]),
    st.sampled_from([None, "meeting"]),
    st.integers(0, 1),
)


@given(st.lists(ANY, max_size=12, unique_by=lambda telling: telling.claim_id), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_order_gives_the_same_events_and_loses_no_claim(items: list[Telling], chance: random.Random) -> None:
    events = merged(*items)
    assert sorted(t.claim_id for event in events for t in event.tellings) == sorted(t.claim_id for t in items)
    shuffled = list(items)
    chance.shuffle(shuffled)
    assert merged(*shuffled) == events
    assert all(1 <= event.independent <= len(event.tellings) for event in events)


def test_work_grows_with_the_number_of_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    alike = _settle.alike

    def counted(a: Shape, b: Shape, *, copied: bool = False) -> float:
        nonlocal compared
        compared += 1
        return alike(a, b, copied=copied)

    monkeypatch.setattr(_settle, "alike", counted)
    needed = []
    for size in (1_000, 2_000):
        compared = 0
        # One president meets a different guest every hour: the worst case for a look-up by names.
        items = [
            told(f"Guest {n} came.", "Ganbold Erdene", f"Guest{n} Visitor{n % 7}", day=f"2031-05-{n % 28 + 1:02}")
            for n in range(size)
        ]
        assert len(merge(items)) == size
        needed.append(compared)
    assert needed[1] < 3 * needed[0]
    assert needed[1] < 200 * 2_000


def test_thousands_of_tellings_of_one_event_are_joined() -> None:
    many = 3_000
    items = [told("They met.", "Otto Brandvik", "Marisela Quiroga", document=f"page {n:05}") for n in range(many)]
    (event,) = merge(items)
    assert len(event.tellings) == many


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "kind", "one"),
    [
        ("Nguyễn Văn Bình", "NGUYEN VAN BINH", "person", True),
        ("Otto Brandvik", "Otto G. Brandvik", "person", True),
        ("Kim Tae-ri", "Kim Tae Ri", "person", True),
        ("Kim Tae-ri", "Kim Taeri", "person", True),
        ("Brandvik", "Otto Brandvik", "person", False),
        ("Otto Brandvik", "Sofie Brandvik", "person", False),
        ("Łukasz Ørn", "Lukasz Orn", "person", True),
        ("N'Golo Tamsir", "NGolo Tamsir", "person", True),
        ("the Lantern Party of Ruritania", "Lantern Party of Ruritania", "organisation", True),
        ("LPR", "Lantern Party of Ruritania", "organisation", True),
        ("LPR", "Lantern Party", "organisation", False),
        ("the Republic of Peru", "Peru", "country", True),
        ("Peru", "Chile", "country", False),
        ("DPRK", "North Korea", "country", True),
    ],
)
def test_names_are_one_or_two(a: str, b: str, kind: str, one: bool) -> None:
    assert same_name(a, b, kind) is same_name(b, a, kind) is one


def test_folding_leaves_words_of_every_script() -> None:
    assert fold("Škoda–İzmir, “O’Hara”") == "skoda izmir ohara"
    assert fold("習近平") == "習近平"
    assert fold("!") == "!"


def test_an_outlet_has_one_key_for_its_names() -> None:
    assert outlet_key("the Zubrowka News Agency") == outlet_key("Zubrowka") != outlet_key("Zubrowka Times")
    assert outlet_key("Reuters") == outlet_key("Thomson Reuters")
    assert outlet_key("News Agency") == "news agency"


# --- tellings -----------------------------------------------------------------------------------------------------


def layer(index: int, kind: str, voice: str, text: str, publisher: str | None = None) -> Layer:
    return Layer(index, kind, voice, text, None, (Span(0, len(text)),), publisher=publisher)


def claim(number: int, text: str, act: str) -> Claim:
    start = text.index(act)
    return Claim("CONSULT", "meeting", Evidence(number, start, start + len(act)), Evidence(number, 0, len(text)))


def test_the_chain_goes_from_the_speaker_to_the_page() -> None:
    note, report = "Brandvik met Quiroga.", "He said that they met, and left."
    post = Post(
        0,
        "t",
        0,
        99,
        (layer(0, "editor", "editor", note), layer(1, "report", "Zubrowka News Agency", report, "Zubrowka")),
    )
    said = Statement("Otto Brandvik", "indirect", Evidence(1, 8, 21), chain=("Radio Fjord",))
    reading = Reading(
        statements=(said,), claims=(claim(0, note, "met"), claim(1, report, "met"), claim(1, report, "left"))
    )
    first, second, third = tellings(post, reading, document_id="d", page="The Review", reported="2031-05-06")
    assert first.chain == ("The Review",)
    assert second.chain == ("Otto Brandvik", "Radio Fjord", "Zubrowka News Agency", "The Review")
    assert third.chain == ("Zubrowka News Agency", "The Review")
    # The note tells what the report under it says: one source. What the radio heard is another.
    assert [first.origin, second.origin, third.origin] == ["zubrowka", "radio fjord", "zubrowka"]
    assert [t.words for t in (first, second, third)] == [note, report, report]


def test_a_page_alone_is_its_own_source() -> None:
    text = "They met."
    post = Post(0, "t", 0, 9, (layer(0, "editor", "editor", text),))
    (telling,) = tellings(
        post, Reading(claims=(claim(0, text, "met"),)), document_id="d", page="The Review", reported=None
    )
    assert (telling.chain, telling.origin) == (("The Review",), outlet_key("The Review"))


def test_equal_claims_of_a_post_have_ids_of_their_own() -> None:
    one = claim(0, "They met.", "met")
    ids = claim_ids("d", 0, [one, one, dataclasses.replace(one, group=3)])
    assert len(set(ids)) == 3
    assert ids[:1] == claim_ids("d", 0, [one])


def test_pages_are_called_by_publisher_host_or_name() -> None:
    assert page_name("n", "https://www.fjord.example/a?b", "The Fjord") == "The Fjord"
    assert page_name("n", "https://www.fjord.example/a?b", None) == "fjord.example"
    assert page_name("n", None, None) == "n"


def test_the_day_of_a_post_is_never_without_a_year() -> None:
    post = Post(0, "t", 0, 1, (), published="2031-05-07")
    assert day_of(post, Reading(date=Cell("2031-05-06", (), "x")), "2030") == "2031-05-06"
    assert day_of(post, Reading(date=Cell("--05-06", (), "x")), "2030") == "2031-05-07"
    assert day_of(Post(0, "t", 0, 1, ()), Reading(), None) is None


# --- actors -------------------------------------------------------------------------------------------------------


def seen(
    name: str,
    *,
    country: str | None = None,
    title: str | None = None,
    day: str | None = None,
    kind: str = "person",
    org: str | None = None,
    alias: str | None = None,
    of: str | None = None,
    post: int = 0,
) -> Sighting:
    roles = (Role(title, org, of, (Evidence(0, 1, 2),)),) if title else ()
    return Sighting(kind, name, "d", post, country, alias, roles, day)


def names(*items: Sighting) -> list[tuple[str, ...]]:
    found = [actors(order)[0] for order in itertools.islice(itertools.permutations(items), 24)]
    assert all(made == found[0] for made in found)
    assert len({actor.id for actor in found[0]}) == len(found[0])
    return sorted(actor.names for actor in found[0])


def test_a_short_name_belongs_to_the_only_person_it_fits() -> None:
    assert names(seen("Otto Brandvik"), seen("Otto G. Brandvik"), seen("OTTO BRANDVIK")) == [
        ("OTTO BRANDVIK", "Otto Brandvik", "Otto G. Brandvik")
    ]
    assert len(names(seen("Otto Brandvik"), seen("Otto G. Brandvik"), seen("Otto Q. Brandvik"))) == 3
    assert len(names(seen("Brandvik"), seen("Otto Brandvik"))) == 2


def test_namesakes_of_two_states_are_two_people() -> None:
    assert len(names(seen("Otto Brandvik", country="NOR"), seen("Otto Brandvik", country="SWE"))) == 2
    assert len(names(seen("Otto Brandvik", country="NOR"), seen("Otto Brandvik"))) == 1
    assert (
        len(names(seen("Otto Brandvik", country="NOR"), seen("Otto Brandvik", country="SWE"), seen("Otto Brandvik")))
        == 3
    )
    assert len(names(seen("Otto Brandvik", country="NOR"), seen("Otto G. Brandvik", country="SWE"))) == 2


def test_a_body_is_known_by_its_abbreviation_and_a_state_by_its_names() -> None:
    body = {"kind": "organisation"}
    assert names(seen("Lantern Party of Ruritania", alias="LPR", **body), seen("LPR", **body)) == [
        ("LPR", "Lantern Party of Ruritania")
    ]
    made, who = actors([seen("Peru", kind="country"), seen("Republic of Peru", kind="country"), seen("Peru", **body)])
    assert [(actor.name, actor.country, actor.kind) for actor in made] == [("Peru", "PER", "country")]
    assert {actor.id for actor in who.values()} == {made[0].id}


def test_an_office_is_attested_from_the_first_day_to_the_last() -> None:
    made, _ = actors(
        [
            seen("Otto Brandvik", title="Minister", org="Ministry of Ice", day="2031-05", post=1),
            seen("Otto Brandvik", title="minister", org="Ministry of Ice", of="NOR", day="2030-01-02", post=2),
            seen("Otto Brandvik", title="Prime Minister", day="2032-01-01", post=3),
            seen("Otto Brandvik", title="Minister", org="Ministry of Ice", post=4),
        ]
    )
    (person,) = made
    first, second = person.offices
    assert (first.org, first.country, first.first, first.last) == ("Ministry of Ice", "NOR", "2030-01-02", "2031-05")
    assert first.attested == tuple(("d", post, Evidence(0, 1, 2)) for post in (1, 2, 4))
    assert (second.title, second.first, second.last) == ("Prime Minister", "2032-01-01", "2032-01-01")


def test_own_words_of_two_pages_of_one_office_are_two_acts_but_quoted_by_two_papers_one() -> None:
    def send(words: str, chain: tuple[str, ...], origin: str, document: str) -> Telling:
        item = told(
            words, "Norway", "Peru", type="SUPPORT", mode="message", act="send", origin=origin, document=document
        )
        return dataclasses.replace(item, chain=chain)

    first = send("I send my condolences to Peru.", ("office",), "office", "one")
    second = send("We send our heartfelt sympathy to Peru.", ("office",), "office", "two")
    assert not together(first, second)
    quoted = [
        send(f"“We send our sympathy to Peru, {n} times,” he said.", ("Otto Brandvik", paper), paper, paper)
        for n, paper in enumerate(("herald", "courier"))
    ]
    assert together(*quoted)


def test_one_of_many_senders_alone_is_another_act() -> None:
    many = ("Otto Brandvik", "Sofie Brandvik", "Ganbold Erdene")
    roles = ("sender",) * 3
    act = told("They sent word.", *many, type="SUPPORT", mode="message", act="sent", roles=roles)
    alone = told("He sent word.", "Otto Brandvik", type="SUPPORT", mode="message", act="sent", roles=roles)
    assert not together(act, alone)


def test_an_election_told_with_the_day_of_its_telling_is_one() -> None:
    def elected(words: str, who: str, day: str, mode: str = "election") -> Telling:
        return told(words, who, type="OFFICE", mode=mode, day=day, reported=day, roles=("holder",))

    first = elected("Erdene was elected.", "Ganbold Erdene", "2031-05-06")
    assert together(first, elected("Erdene's election was hailed.", "Ganbold Erdene", "2031-05-12"))
    for other in (
        elected("Erdene was elected again.", "Ganbold Erdene", "2031-06-06"),
        elected("Quiroga was elected.", "Marisela Quiroga", "2031-05-08"),
        elected("Erdene was appointed.", "Ganbold Erdene", "2031-05-08", "appointment"),
    ):
        assert not together(first, other)


def test_a_strike_told_without_its_day_is_the_one_of_those_days_but_those_of_two_days_are_two() -> None:
    def struck(words: str, day: str | None, reported: str) -> Telling:
        return told(words, "Norway", type="MOBILIZE", mode=None, day=day, reported=reported)

    first = struck("Norway launched a rocket.", "2031-05-06", "2031-05-06")
    assert together(first, struck("The launch by Norway worries its neighbours.", None, "2031-05-08"))
    assert not together(first, struck("Norway launched another one.", "2031-05-08", "2031-05-08"))
    assert not together(first, struck("The launch by Norway worries its neighbours.", None, "2031-05-20"))


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("Mohammed Al Rashidi", "Muhammad al-Rashidi", True),
        ("Volodymyr Zelenko", "ZELENKO Volodymyr", True),
        ("Hussein Karimov", "Hussain Karimov", True),
        ("Halifa Noor", "Khalifa Nour", True),
        ("Martin Weber", "Martina Weber", False),
        ("Marina Quell", "Mariana Quell", False),
        ("John Bell", "John Ball", False),
        ("Ivan Petrenko", "Ivana Petrenko", False),
    ],
)
def test_usual_spellings_of_a_name_are_one_and_other_names_are_not(a: str, b: str, one: bool) -> None:
    assert same_name(a, b) is one
