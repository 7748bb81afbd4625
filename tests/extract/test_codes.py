"""What sentences say as PLOVER codes, source → target: on invented news, through the real model."""

from __future__ import annotations

import pytest

from onrecord import lexicon
from onrecord.extract.events import Code
from onrecord.model import Document
from onrecord.pipeline import code, read_document


def said(text: str) -> set[tuple[str | None, str, str | None]]:
    return {(a, one.type, b) for one in code(Document("x", text, lang="en")) for a, b in one.pairs()}


@pytest.mark.parametrize(
    ("text", "source", "kind", "target"),
    [
        ("Kenya sent 300 tons of food aid to Malawi on Monday.", "KEN", "AID", "MWI"),
        ("Kenya promised to send food aid to Malawi.", "KEN", "AGREE", "MWI"),
        ("Kenya said it would send food aid to Malawi.", "KEN", "AGREE", "MWI"),
        ("Kenya will send food aid to Malawi next week.", "KEN", "AGREE", "MWI"),
        ("Kenya refused to send food aid to Malawi.", "KEN", "REJECT", "MWI"),
        ("Kenya did not provide aid to Malawi.", "KEN", "REJECT", "MWI"),
        ("Kenya suspended all aid to Malawi on Monday.", "KEN", "SANCTION", "MWI"),
        ("Malawi asked Kenya for food aid.", "MWI", "REQUEST", "KEN"),
        ("Malawi said that Kenya must release its fishermen.", "MWI", "REQUEST", "KEN"),
        ("Kenya threatened to cut off food aid to Malawi.", "KEN", "THREATEN", "MWI"),
        ("Kenya will withdraw its ambassador from Malawi unless the raids end.", "KEN", "THREATEN", "MWI"),
        ("Troops from Malawi shelled Kenyan villages.", "MWI", "ASSAULT", "KEN"),
        ("Troops from Malawi stopped shelling Kenyan villages.", "MWI", "RETREAT", "KEN"),
        ("Kenya lifted the curfew on Sunday.", "KEN", "CONCEDE", "KEN"),
        ("Kenyan teachers went on strike on Sunday.", "KEN", "PROTEST", "KEN"),
        ("Malawi accused Kenya of violating its airspace.", "MWI", "ACCUSE", "KEN"),
        ("Malawi opened an investigation into raids by Kenyan gangs.", "MWI", "ACCUSE", "KEN"),
        ("Kenya praised Malawi for its elections.", "KEN", "SUPPORT", "MWI"),
        ("Kenya massed troops on the border with Malawi.", "KEN", "MOBILIZE", "MWI"),
        ("Kenya expelled three diplomats of Malawi.", "KEN", "SANCTION", "MWI"),
    ],
)
def test_what_is_done_asked_meant_refused_or_threatened(text: str, source: str, kind: str, target: str) -> None:
    assert (source, kind, target) in said(text)


def test_the_passive_turns_the_sides() -> None:
    assert said("Malawi was accused of espionage by Kenya.") == {("KEN", "ACCUSE", "MWI")}


def test_two_named_together_act_on_each_other() -> None:
    text = "Kenya and Malawi signed a treaty on fishing rights on Monday."
    assert {(a, b) for a, _, b in said(text)} == {("KEN", "MWI"), ("MWI", "KEN")}


def test_capitals_and_offices_stand_for_states() -> None:
    assert said("Nairobi condemned the decision of Lilongwe.") == {("KEN", "ACCUSE", "MWI")}
    text = "Foreign Minister Wanjiru Otieno of Kenya criticised Malawi's president on Monday."
    assert said(text) == {("KEN", "ACCUSE", "MWI")}


def test_a_body_of_many_states_belongs_to_none() -> None:
    assert said("The United Nations condemned Malawi on Monday.") == {(None, "ACCUSE", "MWI")}


def test_a_sum_in_dollars_names_no_state() -> None:
    assert "USA" not in {b for _, _, b in said("Kenya was accused of stealing up to US $5 million.")}


def test_people_of_a_descent_belong_where_they_live() -> None:
    assert said("Ethnic Hungarians demonstrated on Friday in Slovakia.") == {("SVK", "PROTEST", "SVK")}


def test_both_of_two_coordinated_clauses_are_said() -> None:
    kinds = {kind for _, kind, _ in said("Kenya condemned Malawi and expelled its ambassador.")}
    assert kinds == {"ACCUSE", "SANCTION"}


def test_what_stands_in_the_background_is_not_said() -> None:
    kinds = {kind for _, kind, _ in said("Kenya accused Malawi of espionage after soldiers had killed two fishermen.")}
    assert kinds == {"ACCUSE"}


def test_a_denied_deed_is_not_said() -> None:
    assert said("Kenya did not attack Malawi.") == set()


def test_the_words_of_a_code_are_its_evidence() -> None:
    text = "Kenya rejected the demand of Malawi."
    (one,) = code(Document("x", text, lang="en"))
    assert text[one.trigger.start : one.trigger.end] == "rejected"


def test_a_side_without_a_state_is_none_in_pairs() -> None:
    (one,) = code(Document("x", "Kenya rejected the demand of Malawi.", lang="en"))
    assert Code(one.type, one.trigger).pairs() == ((None, None),)
    assert Code(one.type, one.trigger, ("KEN", "MWI"), ("UGA",)).pairs() == (("KEN", "UGA"), ("MWI", "UGA"))


def test_mere_speech_is_no_event_of_the_record() -> None:
    text = "Kenya insisted on Monday that Malawi pay for the bridge."
    assert {kind for _, kind, _ in said(text)} == {"REQUEST"}
    reading = read_document(Document("x", text, lang="en", published="2026-03-05")).readings[0]
    assert not reading.claims


def test_a_text_without_a_full_stop_is_read() -> None:
    assert said("Kenya said that Malawi said that " * 400 + "Kenya condemned Malawi")


@pytest.mark.parametrize("key", ["friendly", "hostile", "inward"])
def test_the_types_are_those_of_the_patterns(key: str) -> None:
    known = {act["type"] for act in lexicon._at("en/codes", "act")}
    assert set(lexicon.words("en/codes", f"types.{key}")) <= known
