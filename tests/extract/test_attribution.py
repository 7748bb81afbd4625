"""Who said what: quotation marks, verbs, turns of a transcript, unmarked speech, and whose text it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import lexicon
from onrecord.annotate import annotate
from onrecord.extract import attribution, entities
from onrecord.extract.attribution import _text
from onrecord.extract.attribution._sources import Outlet
from onrecord.model import Credit, Document, Evidence, Layer, Post, Source, Span, Statement


def a_layer(text: str, number: int = 0, *, kind: str = "editor", voice: str = "editor", **more: object) -> Layer:
    paragraphs = tuple(Span(m.start(), m.end()) for m in re.finditer(r"\S.*?(?=\n\s*\n|\s*\Z)", text, re.S))
    return Layer(number, kind, voice, text, 0, paragraphs, **more)  # type: ignore[arg-type]


def a_post(*layers: Layer, title: str = "") -> Post:
    return Post(0, title, 0, sum(len(layer.text) for layer in layers), layers)


def found(post: Post, *, publisher: str | None = None) -> tuple[tuple[Statement, ...], tuple[Source, ...]]:
    document = Document("a", "\n\n".join(layer.text for layer in post.layers), publisher=publisher)
    docs = list(annotate(post.layers))
    return attribution.find(post, docs, entities.find(post, docs, document), document)


def said(text: str) -> list[tuple[str, str, str]]:
    """Speaker, kind and words of every statement of a text with one layer."""
    post = a_post(a_layer(text))
    return [(s.speaker, s.kind, post.words(s.quote)) for s in found(post)[0]]


def cited(text: str) -> list[tuple[str, str]]:
    return [(s.name, s.relation) for s in found(a_post(a_layer(text)))[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "According to the Guild's chairman, Luk Torvek, the list came back unread.",
            [("Luk Torvek", "indirect", "the list came back unread.")],
        ),
        (
            "According to Ana Torvek, head of the guild, the strike will go on.",
            [("Ana Torvek", "indirect", "the strike will go on.")],
        ),
        (
            "The deal may be reached, or may not, said the board's press officer, Mira Quill, who eats there.",
            [("Mira Quill", "indirect", "The deal may be reached, or may not")],
        ),
        (
            "The driver was greeted; the leader of the convoy, Luk Torvek of the Farm Union, said he had eaten well.",
            [("Luk Torvek", "indirect", "he had eaten well.")],
        ),
        ("“We are no soldiers,” one of the drivers said.", [("one of the drivers", "direct", "We are no soldiers,")]),
        (
            "The guild asked Minister Luk Torvek, who would not hear of it; “it is no well,” he was quoted as saying.",
            [("Luk Torvek", "direct", "it is no well,")],
        ),
        ("Ana Torvek noted with a smile, the ship has a name.", [("Ana Torvek", "indirect", "the ship has a name.")]),
        ("A man said to be their leader was held in the harbour.", []),
        ("Ana Torvek said the quay was shut. (END) kl.mb", [("Ana Torvek", "indirect", "the quay was shut.")]),
        ("Ana Torvek said the quay was shut. =====K.L.", [("Ana Torvek", "indirect", "the quay was shut.")]),
    ],
)
def test_what_stands_around_the_attribution_is_not_said(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(text) == expected


def test_a_place_and_a_colon_open_a_report_and_no_turn() -> None:
    text = "Porto Amparo: The little post is black now. A crowd burnt it.\n\nIt had stood since July."
    assert said(text) == []
    assert said("Mira Quill: We thank you all for coming to our house. The post is black now.") != []


def test_a_quotation_may_open_after_a_colon_and_close_some_paragraphs_further_down() -> None:
    text = (
        'In reply to the press, the Spokesman, Luk Torvek, said:\n\n"We have seen the ships. They came at night.'
        '\n\nOur consul sat with the crews.\n\nThe matter is in hand."\n\nThe ships left on Friday.'
    )
    assert said(text) == [
        ("Luk Torvek", "direct", "We have seen the ships."),
        ("Luk Torvek", "direct", "They came at night."),
        ("Luk Torvek", "direct", "Our consul sat with the crews."),
        ("Luk Torvek", "direct", "The matter is in hand."),
    ]


def test_a_heading_says_whose_statement_a_text_in_the_first_person_is() -> None:
    text = "I think of our reporters today. We sit in on their trials, and we shall go on. My door is open."
    post = a_post(a_layer(text), title="Press freedom: statement by the Foreign Secretary on the trials")
    assert {s.speaker for s in found(post)[0]} == {"Foreign Secretary"}
    assert len(found(post)[0]) == 3


def test_the_last_turn_ends_where_something_was_left_out() -> None:
    text = "Ana Torvek: We thank you.\n\nLuk Quill: Our thanks to you.\n\n<...>\n\nThe two signed a protocol on water."
    assert [quote for _, _, quote in said(text)] == ["We thank you.", "Our thanks to you."]


def test_a_newspaper_is_no_she() -> None:
    text = "A newspaper showed that the minister, Ana Torvek, had lied.\n\n“I have failed,” she told the press."
    assert said(text)[-1] == ("Ana Torvek", "direct", "I have failed,")


# -- direct speech -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "speaker", "quote"),
    [
        ("“The bridge stands,” said Ana Torvek, the engineer.", "Ana Torvek", "The bridge stands,"),
        ('"The bridge stands," Ana Torvek said.', "Ana Torvek", "The bridge stands,"),
        ("«The bridge stands», said Minister Ana Torvek.", "Ana Torvek", "The bridge stands"),
        ("„The bridge stands“, said Chancellor Ana Torvek.", "Ana Torvek", "The bridge stands"),
        ("‘The bridge stands,’ Ana Torvek said on Monday.", "Ana Torvek", "The bridge stands,"),
        ("Ana Torvek said: “The bridge stands.”", "Ana Torvek", "The bridge stands."),
        ('Minister Ana Torvek told reporters, "The bridge stands."', "Ana Torvek", "The bridge stands."),
        ("Ana Torvek wrote on Monday: “The bridge stands.”", "Ana Torvek", "The bridge stands."),
    ],
)
def test_quotation_marks_of_every_kind_are_direct_speech(text: str, speaker: str, quote: str) -> None:
    assert said(text) == [(speaker, "direct", quote)]


def test_each_sentence_of_a_quotation_is_a_statement() -> None:
    text = "Ana Torvek said: “The bridge stands. The road is open. Come and see!”"
    assert [quote for _, _, quote in said(text)] == ["The bridge stands.", "The road is open.", "Come and see!"]


def test_a_sentence_that_the_attribution_breaks_is_one_statement() -> None:
    text = "“The bridge stands,” Ana Torvek said, “and the road is open.”"
    assert said(text) == [("Ana Torvek", "direct", "The bridge stands,” Ana Torvek said, “and the road is open.")]


def test_a_quotation_goes_on_over_paragraphs_that_each_open_with_a_mark() -> None:
    text = (
        "“The bridge stands,” Ana Torvek told the crowd.\n\n“The road is open to all who wish to pass.\n\n"
        "“It will stay open.”\n\nThe crowd left at noon."
    )
    assert [quote for speaker, kind, quote in said(text) if (speaker, kind) == ("Ana Torvek", "direct")] == [
        "The bridge stands,", "The road is open to all who wish to pass.", "It will stay open.",
    ]  # fmt: skip


def test_a_paragraph_after_a_colon_is_what_was_said() -> None:
    text = (
        "President Ana Torvek spoke at noon. She continued:\n\nThe bridge stands. The road is open.\n\nThe crowd left."
    )
    direct = [(speaker, quote) for speaker, kind, quote in said(text) if kind == "direct"]
    assert direct == [("Ana Torvek", "The bridge stands."), ("Ana Torvek", "The road is open.")]


def test_words_in_quotation_marks_within_reported_words_make_it_mixed() -> None:
    text = "Minister Ana Torvek said that the toll was “a scandal” for the farmers."
    assert said(text) == [("Ana Torvek", "mixed", "the toll was “a scandal” for the farmers.")]


def test_naming_a_thing_with_a_quotation_is_a_statement_that_ends_with_it() -> None:
    text = "Minister Ana Torvek called the toll “a scandal” but did not say who would pay."
    assert said(text) == [("Ana Torvek", "mixed", "the toll “a scandal”")]


def test_a_quotation_within_a_quotation_has_its_own_speaker() -> None:
    text = "Ana Torvek wrote: “My mother was a ferrywoman. ‘Nobody crosses twice,’ says Jonas Krell, the poet. We did.”"
    assert ("Jonas Krell", "direct", "Nobody crosses twice,") in said(text)


def test_what_one_who_is_quoted_says_that_another_said_is_the_others_and_he_is_not_the_next_she() -> None:
    text = "Ana Torvek said: “Jonas Krell wrote that the road is long. We walk it.” She added that nobody would stay."
    statements = said(text)
    assert ("Jonas Krell", "indirect", "the road is long.") in statements
    assert statements[-1] == ("Ana Torvek", "indirect", "nobody would stay.")


def test_words_in_marks_that_nobody_says_are_no_statement() -> None:
    assert said("The ferry “Morning Star” sank near Port Halla in the storm.") == []


# -- indirect speech ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "speaker", "quote"),
    [
        ("Ana Torvek said that the ferry had sunk.", "Ana Torvek", "the ferry had sunk."),
        ("Minister Ana Torvek said the ferry had sunk.", "Ana Torvek", "the ferry had sunk."),
        ("Ana Torvek said, the two parties share a goal.", "Ana Torvek", "the two parties share a goal."),
        ("The ferry had sunk, Minister Ana Torvek said.", "Ana Torvek", "The ferry had sunk"),
        ("The ferry, Ana Torvek added, had sunk.", "Ana Torvek", "The ferry, Ana Torvek added, had sunk."),
        ("According to Ana Torvek, the ferry had sunk.", "Ana Torvek", "the ferry had sunk."),
        ("The ferry had sunk, according to Ana Torvek.", "Ana Torvek", "The ferry had sunk"),
        ("Minister Ana Torvek stressed the need for a new ferry.", "Ana Torvek", "the need for a new ferry."),
        ("Minister Ana Torvek pointed out that the ferry was old.", "Ana Torvek", "the ferry was old."),
        ("Ana Torvek thanked Velland for its help.", "Ana Torvek", "thanked Velland for its help."),
        ("Ana Torvek strongly condemned the attack.", "Ana Torvek", "strongly condemned the attack."),
        ("Ana Torvek called for an inquiry.", "Ana Torvek", "called for an inquiry."),
        ("Police said the ferry had sunk.", "Police", "the ferry had sunk."),
        ("Local officials said the ferry had sunk.", "Local officials", "the ferry had sunk."),
        ("The head of the harbour board, Ana Torvek, said the ferry had sunk.", "Ana Torvek", "the ferry had sunk."),
    ],
)  # fmt: skip
def test_reported_words_have_their_speaker_and_extent(text: str, speaker: str, quote: str) -> None:
    assert said(text) == [(speaker, "indirect", quote)]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Torvek did not say that the ferry had sunk.",
        "Ana Torvek will announce that the ferry is lost.",
        "Ana Torvek met Jonas Krell in Port Halla on Monday.",
        "The exhibition shows paintings of the old harbour.",
    ],
)
def test_what_is_not_said_is_no_statement(text: str) -> None:
    assert said(text) == []


def test_verbs_of_one_speaker_in_a_sentence_are_one_statement() -> None:
    text = "Minister Ana Torvek stressed the need for a ferry and welcomed the offer of Velland."
    assert said(text) == [("Ana Torvek", "indirect", "the need for a ferry and welcomed the offer of Velland.")]


def test_two_speakers_of_a_sentence_each_have_their_part() -> None:
    text = "Senator Ana Torvek accused the board of delay, while Minister Jonas Krell denied the allegation."
    assert said(text) == [
        ("Ana Torvek", "indirect", "accused the board of delay"),
        ("Jonas Krell", "indirect", "denied the allegation."),
    ]


def test_a_spokesman_tells_what_his_minister_said() -> None:
    text = "Foreign Minister Ana Torvek warned that the ferry was unsafe, ministry spokesman Jonas Krell said."
    statements = said(text)
    assert ("Ana Torvek", "indirect", "the ferry was unsafe") in statements
    assert any(speaker == "Jonas Krell" and "Torvek warned" in quote for speaker, _, quote in statements)


def test_one_reported_as_saying_is_the_speaker() -> None:
    text = "The Azra Gazette reported Ana Torvek as saying that the ferry had sunk."
    assert said(text) == [("Ana Torvek", "indirect", "the ferry had sunk.")]


def test_the_passive_names_its_speaker_after_by() -> None:
    text = "The crew were cautioned by Captain Ana Torvek: “You may not come back.”"
    assert said(text) == [("Ana Torvek", "direct", "You may not come back.")]


def test_he_and_she_are_who_spoke_before() -> None:
    text = "Ana Torvek met Jonas Krell. Torvek said that the ferry was lost. She added that help was near."
    assert [speaker for speaker, _, _ in said(text)] == ["Ana Torvek", "Ana Torvek"]


def test_a_message_speaks_for_who_sent_it() -> None:
    text = (
        "The Harbour Board of Velland sent a message of condolence to the families on Monday. "
        "The message said that the ferry had been a friend to all."
    )
    assert said(text)[-1][:2] == ("Harbour Board of Velland", "indirect")


# -- unmarked speech ---------------------------------------------------------------------------------------------------


def test_speech_that_began_with_a_comma_goes_on_to_the_end_of_the_paragraph() -> None:
    text = (
        "Torvek said, Velland and Korrin are good neighbours. Velland always sees Korrin as a friend. "
        "The two sides should build the bridge together.\n\nThe visitors left at noon."
    )
    assert [quote for _, _, quote in said(f"Minister Ana Torvek met Jonas Krell.\n\n{text}")] == [
        "Velland and Korrin are good neighbours.",
        "Velland always sees Korrin as a friend.",
        "The two sides should build the bridge together.",
    ]


def test_what_is_narrated_after_speech_is_not_speech() -> None:
    text = "Ana Torvek said the ferry had sunk. The crew was taken to Port Halla. It rained all night."
    assert [quote for _, _, quote in said(text)] == ["the ferry had sunk."]


def test_unmarked_speech_says_that_it_is_inferred() -> None:
    post = a_post(a_layer("Minister Ana Torvek said, the bridge is safe. It will open soon."))
    assert [bool(s.inferred) for s in found(post)[0]] == [False, True]


# -- whole texts in one voice ------------------------------------------------------------------------------------------


def test_turns_of_a_transcript_belong_to_who_is_named_before_the_colon() -> None:
    text = (
        "President Ilyan Torvek: Friends, I am glad to see you. We have much to do.\n\n"
        "Minister Amara Deslonde: Thank you. We shall build the bridge."
    )
    assert said(text) == [
        ("Ilyan Torvek", "direct", "Friends, I am glad to see you."),
        ("Ilyan Torvek", "direct", "We have much to do."),
        ("Amara Deslonde", "direct", "Thank you."),
        ("Amara Deslonde", "direct", "We shall build the bridge."),
    ]


def test_turns_run_on_within_a_paragraph() -> None:
    text = "President Ilyan Torvek: I am glad to see you. Minister Amara Deslonde: Thank you for the welcome."
    assert [(speaker, quote) for speaker, _, quote in said(text)] == [
        ("Ilyan Torvek", "I am glad to see you."), ("Amara Deslonde", "Thank you for the welcome."),
    ]  # fmt: skip


def test_a_text_attributable_to_a_spokesperson_is_hers_and_holds_others_words() -> None:
    text = (
        "The following is attributable to Spokesperson Mira Quill:\n\nSecretary Ilyan Torvek met Minister Amara "
        "Deslonde. Secretary Torvek thanked Velland for its help."
    )
    statements = said(text)
    assert [s for s in statements if s[0] == "Mira Quill"] == [
        ("Mira Quill", "direct", "Secretary Ilyan Torvek met Minister Amara Deslonde."),
        ("Mira Quill", "direct", "Secretary Torvek thanked Velland for its help."),
    ]
    assert ("Ilyan Torvek", "indirect", "thanked Velland for its help.") in statements


def test_a_text_under_a_signature_is_the_signers() -> None:
    text = "Mira Quill, Department Spokesperson\n\nWe welcome the treaty. It will last."
    assert said(text) == [
        ("Mira Quill", "direct", "We welcome the treaty."), ("Mira Quill", "direct", "It will last."),
    ]  # fmt: skip


def test_a_layer_that_is_a_speech_is_its_speakers_throughout() -> None:
    note = a_layer("President Ilyan Torvek spoke in Port Halla.", 0)
    speech = a_layer("We built this bridge. It is yours.", 1, kind="speech", voice="President Ilyan Torvek")
    post = a_post(note, speech)
    statements = [(s.speaker, s.kind, post.words(s.quote)) for s in found(post)[0]]
    assert statements == [
        ("Ilyan Torvek", "direct", "We built this bridge."), ("Ilyan Torvek", "direct", "It is yours."),
    ]  # fmt: skip


# -- sources and chains ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("According to Reuters, the ferry sank.", "Reuters"),
        ("The captain told Prensa Latina that the ferry sank.", "Prensa Latina"),
        ("The ferry sank, Yonhap News Agency reported.", "Yonhap News Agency"),
        ("Speaking to Radio Okapi, Minister Ana Torvek said that the ferry sank.", "Radio Okapi"),
        ("In an interview with the Global Times, Ana Torvek said that the ferry sank.", "Global Times"),
        ("The Azra Post newspaper reported that the ferry sank.", "Azra Post"),
    ],
)
def test_an_outlet_that_carries_the_words_is_cited(text: str, name: str) -> None:
    assert (name, "cited") in cited(text)


def test_an_outlet_that_merely_acts_is_no_source() -> None:
    assert cited("Reuters opened an office in Port Halla on Monday.") == []


def test_a_republished_layer_names_its_outlet_once() -> None:
    note = a_layer("Minister Ana Torvek met Jonas Krell. The Azra Wire said that the talks were long.", 0)
    text = "PORT HALLA, May 3 (Azra Wire) — Minister Ana Torvek said that the bridge is safe."
    credits = (Credit("published", "Azra Wire", Evidence(0, 0, 8)), Credit("dateline", "Azra Wire", Evidence(1, 0, 30)))
    report = a_layer(text, 1, kind="report", voice="Azra Wire", publisher="Azra Wire", credits=credits)
    statements, sources = found(a_post(note, report), publisher="The Lantern")
    assert [(s.name, s.relation) for s in sources] == [("Azra Wire", "republished")]
    assert statements[-1].chain == ("Azra Wire", "The Lantern")


def test_a_report_that_others_translated_is_theirs_republished_and_translated_from_the_first() -> None:
    note = a_layer("We republish a report from the Harbour Union, translated by The Quay.", 0)
    credits = (
        Credit("published", "Harbour Union", Evidence(0, 29, 42)),
        Credit("translated", "The Quay", Evidence(0, 58, 66)),
    )  # fmt: skip
    whose = {"voice": "The Quay", "publisher": "The Quay", "translator": "The Quay"}
    report = a_layer("The bridge is safe.", 1, kind="report", credits=credits, **whose)
    sources = found(a_post(note, report), publisher="The Lantern")[1]
    assert {(s.name, s.relation) for s in sources} == {("Harbour Union", "translated"), ("The Quay", "republished")}


def test_the_office_at_the_head_of_a_page_is_its_publisher() -> None:
    text = (
        "Office of the Spokesperson\n\nSecretary Ana Torvek will travel to Velland on Monday.\n\nShe returns on Friday."
    )
    assert ("Office of the Spokesperson", "publisher") in cited(text)


def test_the_one_who_is_told_is_addressee_and_first_in_the_chain() -> None:
    post = a_post(a_layer("“The bridge is safe,” Ana Torvek told Xinhua.", kind="report", voice="Xinhua"))
    (statement,) = found(post, publisher="The Lantern")[0]
    assert statement.addressee == "Xinhua"
    assert statement.chain == ("Xinhua", "The Lantern")


# -- data and invariants -----------------------------------------------------------------------------------------------


def test_outlets_are_of_known_kinds_and_no_name_stands_for_two() -> None:
    rows = lexicon.entries("outlets", "outlet", Outlet)
    assert len(rows) >= 400
    assert {row.kind for row in rows} <= {"agency", "newspaper", "broadcaster", "website", "magazine", "social"}
    assert all(row.country == "" or re.fullmatch(r"[A-Z]{3}", row.country) for row in rows)
    names = [name for row in rows for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


def test_a_joint_statement_is_that_of_those_whose_it_is() -> None:
    text = (
        "We met in Tamara to look at what our states have agreed. Our officials will meet again in May.\n\n"
        "Fishermen deserve safety, and we stand by the treaty.\n\nAna Lusalo, President of Ostrava Island"
    )
    title = "Joint Statement of the Presidents of Ostrava Island and Kandrevia on Fisheries"
    post = a_post(a_layer(text), title=title)
    speakers = {(s.speaker, post.words(s.quote)) for s in found(post)[0]}
    assert {who for who, _ in speakers} == {"Presidents of Ostrava Island and Kandrevia"}
    assert (
        "Presidents of Ostrava Island and Kandrevia",
        "Fishermen deserve safety, and we stand by the treaty.",
    ) in speakers
    assert not any("Lusalo" in words for _, words in speakers)
    # The same under a title of another kind, or as a report of the meeting, is in nobody's voice.
    assert not found(a_post(a_layer(text), title="Two presidents met in Tamara"))[0]
    report = "The presidents met in Tamara on Friday. A treaty was signed. The talks lasted two hours."
    assert not found(a_post(a_layer(report), title=title))[0]


def test_the_sides_of_a_joint_statement_are_those_named_first() -> None:
    text = (
        "The Republic of Kandrevia, the Kingdom of Noa and Vetland regard peace as our first duty. We affirm that "
        "our borders stay open. We will meet again."
    )
    post = a_post(a_layer(text), title="Joint Declaration on Peace")
    assert {s.speaker for s in found(post)[0]} == {"The Republic of Kandrevia, the Kingdom of Noa and Vetland"}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="“”\"'‘’«»„ab.,!? \nAB:", max_size=120))
def test_sentences_and_quotations_are_exact_whatever_the_marks(text: str) -> None:
    layer = a_layer(text)
    last = 0
    for sentence in _text.sentences(layer):
        assert last <= sentence.start < sentence.end <= len(text)
        last = sentence.end
        for quotation in sentence.quotations:
            assert quotation.start <= quotation.inner.start < quotation.inner.end <= quotation.end <= len(text)


def test_nothing_of_a_paragraph_is_lost_between_sentences() -> None:
    text = "Dr. Ana Torvek of the U.S. left. “Go. Now.” He went… No. 5 is shut! (See p. 3.) The end"
    layer = a_layer(text)
    kept = "".join(text[s.start : s.end] for s in _text.sentences(layer))
    assert kept.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ['"' * 300_000, "“a " * 100_000, "." * 300_000, "A: b " * 60_000, "Aa " * 100_000])
def test_a_long_line_of_nothing_but_marks_is_read_in_linear_time(text: str) -> None:
    sentences = _text.sentences(a_layer(text))
    assert sentences
    assert max(s.end - s.start for s in sentences) <= 20_000


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Ana Torvek said", "“We go.", "Stay.”", "that the ferry sank", ",", ":", "he added", "\n\n",
             "According to Reuters,",
             "“", "”", '"', "‘no’", "Police said", "The message read", "Mira Quill: Yes.", "in Port Halla."]
        ),
        max_size=14,
    )
)  # fmt: skip
def test_every_statement_and_source_rests_on_words_of_its_layer(parts: list[str]) -> None:
    post = a_post(a_layer(" ".join(parts)))
    statements, sources = found(post)
    for statement in statements:
        assert post.words(statement.quote).strip()
        assert statement.speaker
    for source in sources:
        assert post.words(source.evidence)
    assert list(statements) == sorted(statements, key=lambda s: (s.quote.layer, s.quote.start, s.quote.end, s.speaker))
