"""Acts, who takes part, when, where: on invented news, through the real model."""

from __future__ import annotations

import pytest

from onrecord.model import Claim, Document, Post, Reading
from onrecord.pipeline import read_document


def told(text: str, *, published: str = "2026-03-05", title: str | None = None) -> tuple[Post, Reading]:
    extraction = read_document(Document("x", text, published=published, title=title, lang="en"))
    return extraction.posts[0], extraction.readings[0]


def kinds(reading: Reading) -> set[tuple[str, str | None]]:
    return {(claim.type, claim.mode) for claim in reading.claims}


def only(reading: Reading, kind: str, mode: str | None) -> Claim:
    found = [claim for claim in reading.claims if (claim.type, claim.mode) == (kind, mode)]
    assert found, f"no {kind}/{mode} among {kinds(reading)}"
    return found[0]


def names(claim: Claim) -> set[str]:
    return {p.name for p in claim.participants}


MEETING = (
    "Foreign Minister Tadesse Wolde of Ethiopia met with Foreign Minister Lena Brandt of Germany in Nairobi on "
    "March 4. They discussed trade."
)


def test_a_meeting_has_both_sides_its_day_and_its_place() -> None:
    post, reading = told(MEETING)
    claim = only(reading, "CONSULT", "meeting")
    assert names(claim) == {"Tadesse Wolde", "Lena Brandt"}
    assert claim.date is not None
    assert claim.date.value == "2026-03-04"
    assert post.words(claim.date.evidence[0]) == "March 4"
    assert claim.place is not None
    assert claim.place.value == "Nairobi"
    assert claim.country is not None
    assert claim.country.value == "KEN"
    assert post.words(claim.trigger).startswith("met")


@pytest.mark.parametrize(
    ("text", "kind", "mode"),
    [
        ("President Juma Okello spoke by telephone with President Ana Ruiz on Tuesday.", "CONSULT", "call"),
        (
            "Prime Minister Batu Ganzorig arrived in Hanoi on Monday for a three-day visit to Vietnam.",
            "CONSULT",
            "visit",
        ),
        ("President Ana Ruiz sent a congratulatory message to President Juma Okello on Tuesday.", "SUPPORT", "message"),
        ("Ministers Ana Ruiz and Lena Brandt signed a memorandum of understanding on Tuesday.", "AGREE", "agreement"),
        ("The assembly elected Juma Okello president on Tuesday.", "OFFICE", "election"),
        ("Defence Minister Lena Brandt resigned on Tuesday.", "OFFICE", "departure"),
        ("Police arrested Juma Okello in Nairobi on Tuesday.", "COERCE", None),
        (
            "The United States imposed sanctions on Ruritania Oil Company and on Juma Okello on Tuesday.",
            "SANCTION",
            None,
        ),
    ],
)
def test_kinds_of_acts(text: str, kind: str, mode: str | None) -> None:
    assert (kind, mode) in kinds(told(text)[1])


@pytest.mark.parametrize(
    "text",
    [
        "President Juma Okello did not meet President Ana Ruiz.",
        "The minister hoped that President Juma Okello would meet President Ana Ruiz.",
        "If President Juma Okello meets President Ana Ruiz, trade may grow.",
    ],
)
def test_what_is_denied_wished_or_supposed_is_no_meeting(text: str) -> None:
    happened = [c for c in told(text)[1].claims if c.mode == "meeting" and c.status == "happened"]
    assert happened == []


def test_what_will_be_is_planned() -> None:
    _, reading = told("President Juma Okello will visit Germany on April 9.")
    claim = only(reading, "CONSULT", "visit")
    assert claim.status == "planned"
    assert claim.date is not None
    assert claim.date.value == "2026-04-09"


def test_an_event_told_twice_is_one() -> None:
    text = MEETING + "\n\nMinister Wolde met with Minister Brandt on March 4, the ministry said again."
    groups = {c.group for c in told(text)[1].claims if c.mode == "meeting"}
    assert len(groups) == 1


def test_two_messages_to_the_same_man_are_two_events() -> None:
    text = (
        "President Ana Ruiz sent a letter of condolence to King Talal bin Saqr on March 3.\n\n"
        "Chancellor Lena Brandt sent a letter of condolence to King Talal bin Saqr on March 3."
    )
    groups = {c.group for c in told(text)[1].claims if c.mode == "message"}
    assert len(groups) == 2


def test_those_present_are_added_to_the_meeting() -> None:
    text = (
        "President Juma Okello met with President Ana Ruiz in Nairobi on Tuesday.\n\n"
        "Foreign Minister Tadesse Wolde and Ambassador Lena Brandt were present."
    )
    claim = only(told(text)[1], "CONSULT", "meeting")
    assert {"Tadesse Wolde", "Lena Brandt"} <= names(claim)


def test_every_cell_rests_on_words_of_its_layer() -> None:
    post, reading = told(MEETING)
    for claim in reading.claims:
        for where in (claim.trigger, claim.quote, *(e for p in claim.participants for e in p.evidence)):
            assert 0 <= where.start < where.end <= len(post.layers[where.layer].text)
        assert claim.quote.start <= claim.trigger.start
        assert claim.trigger.end <= claim.quote.end


def test_a_joint_statement_is_an_agreement_of_its_sides() -> None:
    text = (
        "The Republic of Kenya, Uganda and the Kingdom of Norway consider peace on the lakes as their first duty. "
        "We affirm that our borders stay open.\n"
    )
    document = Document("a", text, published="2025-03-05", title="Joint Statement of Three States on the Lakes")
    agreed = [c for c in read_document(document).readings[0].claims if c.type == "AGREE"]
    sides = {"Republic of Kenya", "Uganda", "Kingdom of Norway"}
    assert len({p.name for c in agreed for p in c.participants} & sides) >= 2
    plain = Document("a", text, published="2025-03-05", title="Three states on the lakes")
    assert not [c for c in read_document(plain).readings[0].claims if c.type == "AGREE"]
