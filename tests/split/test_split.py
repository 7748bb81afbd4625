"""What `split` makes of one thing at a time: years, signatures, credits, lists, channels."""

from __future__ import annotations

import pytest

from onrecord.model import Document, Layer, Post
from onrecord.split import split


def posts(text: str, **known: str) -> tuple[Post, ...]:
    return split(Document(name="page", text=text, **known))  # type: ignore[arg-type]


def told(post: Post) -> list[Layer]:
    return [layer for layer in post.layers if layer.kind != "headline"]


def voices(post: Post) -> list[tuple[str, str]]:
    return [(layer.kind, layer.voice) for layer in told(post)]


def archive(*days: str, head: str = "", foot: str = "") -> str:
    """A page with a post for each date line."""
    text = "The minister opened the bridge and went home on foot.\n\nRead more"
    told = [f"The {n} bridge is opened at Vetrograd\n\n{day}\n\n{text}" for n, day in enumerate(days)]
    return "\n\n".join([head, *told, foot]).strip()


def dates(text: str, **known: str) -> list[str | None]:
    return [post.published for post in posts(text, **known)]


def test_a_copyright_line_gives_the_year_of_date_lines() -> None:
    assert dates(archive("5 March", "2 March", foot="© 2019–2024 The Paper")) == ["2024-03-05", "2024-03-02"]


def test_a_day_of_the_week_corrects_the_year_of_the_copyright_line() -> None:
    text = archive("Tuesday, 30 December", "Monday, 29 December", foot="© 2026 The Paper")
    assert dates(text) == ["2025-12-30", "2025-12-29"]


def test_the_year_goes_back_from_january_to_december() -> None:
    text = archive("3 January", "30 December", "28 December", head="The Paper\n\nArchive 2026")
    assert dates(text) == ["2026-01-03", "2025-12-30", "2025-12-28"]


def test_a_page_with_its_oldest_post_first_goes_forward_into_january() -> None:
    text = archive("28 December", "30 December", "3 January", "4 January", head="The Paper\n\nArchive 2026")
    assert dates(text) == ["2025-12-28", "2025-12-30", "2026-01-03", "2026-01-04"]


def test_no_post_is_dated_after_the_page_was_read() -> None:
    assert dates(archive("30 December", "29 December"), fetched="2026-01-02") == ["2025-12-30", "2025-12-29"]


def test_a_date_stays_without_a_year_that_nothing_tells() -> None:
    assert dates(archive("5 March", "2 March")) == ["--03-05", "--03-02"]


def test_dates_in_figures_are_read_as_the_rest_of_the_page_means_them() -> None:
    assert dates(archive("2/13/2026", "2/5/2026")) == ["2026-02-13", "2026-02-05"]
    assert dates(archive("13/2/2026", "5/2/2026")) == ["2026-02-13", "2026-02-05"]


def test_an_article_with_a_title_of_its_source_keeps_all_its_lines() -> None:
    text = "Ana Ruiz, Secretary of Harbours\n\nNovi Breg\n\nThe sea is open to all, said the secretary on Monday."
    (post,) = posts(text, title="Remarks on the sea")
    assert "".join(layer.text for layer in told(post)) == text
    assert post.title == "Remarks on the sea"


MESSAGE = "The Union has greeted the congress. The text of the message reads:\n\nDear friends,\n\nWe wish you wind.\n\n"


@pytest.mark.parametrize(
    "signature",
    [
        "Ana Ruiz\nPresident of the Union",
        "ANA RUIZ\nPresident of the Union",
        "(signed) Ana Ruiz",
        "Ana Ruiz, President of the Union of Ferrymen",
        "Yours sincerely,\n\nAna Ruiz",
        "Ana Ruiz\nPresident of the Union\nPorto Amparo",
        "Dr. Ana Ruiz\nPorto Amparo, 12 March 2026",
    ],
)
def test_a_message_has_the_voice_of_who_signed_it(signature: str) -> None:
    (post,) = posts("Greetings from the Union of Ferrymen\n\n" + MESSAGE + signature)
    assert voices(post) == [("editor", "editor"), ("speech", "Ana Ruiz")]
    assert told(post)[-1].text.endswith(signature)


def test_a_message_signed_by_two_has_the_voice_that_the_note_names() -> None:
    text = "Greetings from the Union of Ferrymen\n\n" + MESSAGE + "Ana Ruiz\nPresident\n\nIvo Blahovec\nTreasurer"
    (post,) = posts(text)
    assert voices(post)[-1] == ("speech", "Union of Ferrymen")


def test_the_place_and_day_under_a_message_sign_nothing() -> None:
    (post,) = posts("Greetings from the Union of Ferrymen\n\n" + MESSAGE + "Porto Amparo, 12 March 2026")
    assert voices(post)[-1] == ("speech", "Union of Ferrymen")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Korvanian Press Agency", "KPA"),
        ("Agência de Notícias de Cassoma", "ANC"),
        ("Phranakhet Television and Radio", "PTV"),
        ("Ras Marwan News Agency", "RMNA"),
    ],
)
def test_the_full_name_of_an_agency_wins_over_its_abbreviation(name: str, short: str) -> None:
    text = (
        "A ship leaves\n\nA ship has left for the south.\n\n"
        f"The following article was originally published by the {name}.\n\n"
        f"NOVI BREG, March 2 ({short}) — The ship that carries the wheat left the harbour on Monday morning."
    )
    (post,) = posts(text)
    assert voices(post) == [("editor", "editor"), ("report", name)]


def test_the_dateline_wins_over_a_note_that_names_another_agency() -> None:
    text = (
        "A ship leaves\n\nA ship has left for the south.\n\n"
        "The following article was originally published by the Lamburu Evening Gazette.\n\n"
        "NOVI BREG, March 2 (TurzhPress) — The ship that carries the wheat left the harbour on Monday morning."
    )
    (post,) = posts(text)
    assert voices(post)[-1] == ("report", "TurzhPress")


@pytest.mark.parametrize("language", ["Korvanian", "Portuguese", "Turzhani", "Galician"])
def test_the_language_before_an_outlet_is_not_the_outlet(language: str) -> None:
    text = (
        "A hall\n\nThey met in a hall.\n\n"
        f"The following article originally appeared in {language} in Zrcalo on February 26, 2026.\n\n"
        "The hall was too large, and so the delegates moved into the cloakroom."
    )
    (post,) = posts(text)
    assert voices(post)[-1] == ("report", "Zrcalo")
    assert told(post)[-1].original_date == "2026-02-26"


def test_a_statement_quoted_at_once_announces_no_layer() -> None:
    text = (
        "King withdraws\n\n"
        'The palace issued the following statement: "We regret that the swan was not asked about it."\n\n'
        "The swan did not comment on Tuesday."
    )
    (post,) = posts(text)
    assert voices(post) == [("editor", "editor")]


def test_an_announced_text_may_lie_wholly_behind_the_cut() -> None:
    text = (
        "A memoir of salt\n\n"
        "In the following article, which was originally published by Zrcalo, Ana Ruiz shares her memories of salt.\n\n"
        "She was seven when the first wagon came.\n\n"
    )
    (whole,) = posts(text)
    (cut,) = posts(text + "Continue reading A memoir of salt")
    assert voices(whole)[-1] == ("report", "Zrcalo")
    assert voices(cut) == [("editor", "editor")]
    assert cut.truncated


@pytest.mark.parametrize(
    "row",
    ["{0}.03.2026 | {1}", "{0} March 2026 – {1}", "{1} ({0} March 2026)", "{1} | {0}/03/2026", "{0}/03/2026\t{1}"],
)
def test_a_list_of_links_is_a_post_for_each_row(row: str) -> None:
    titles = ["Minister receives the envoy", "Note to mariners: the channel is closed", "Vacancies", "The fair opens"]
    page = posts("PRESS OFFICE\n\n" + "\n".join(row.format(20 - n, title) for n, title in enumerate(titles)))
    assert [post.title for post in page] == titles
    assert [post.published for post in page] == [f"2026-03-{20 - n}" for n in range(4)]


@pytest.mark.parametrize("order", [("date", "title"), ("title", "date")])
def test_titles_and_dates_by_turns_are_posts_without_text(order: tuple[str, str]) -> None:
    titles = ["Minister receives the envoy", "Mariners find the channel closed", "The fair opens at noon"]
    rows = [{"date": f"{20 - n} March 2026", "title": title} for n, title in enumerate(titles)]
    page = posts("\n\n".join(row[part] for row in rows for part in order))
    assert [(post.title, post.published) for post in page] == [
        (row["title"], f"2026-03-{20 - n}") for n, row in enumerate(rows)
    ]


def test_the_programme_of_a_visit_is_no_list_of_links() -> None:
    text = (
        "Minister on tour\n\nThe minister will travel to three countries, her office said on Monday.\n\n"
        "The tour is the first since the winter, and she will go by train.\n\n"
        "12 March 2026 – Talks in Lamburu\n13 March 2026 – Talks in Vetrograd\n14 March 2026 – Return\n\n"
        "She will be met at each station by a choir, as she has asked.\n\n"
        "Her office did not say which choir it would be."
    )
    assert len(posts(text)) == 1


@pytest.mark.parametrize("header", ["Press Office, [1{0}.03.2026 09:14]", "[1{0}/03/2026, 09:14:05] Press Office:"])
def test_each_message_of_a_channel_is_a_post(header: str) -> None:
    page = posts("\n\n".join(header.format(n) + f"\nThe bridge number {n} is open.\n👁 31{n}" for n in (3, 2, 1)))
    assert [post.title for post in page] == [f"The bridge number {n} is open." for n in (3, 2, 1)]
    assert [post.published for post in page] == ["2026-03-13", "2026-03-12", "2026-03-11"]
    assert {post.byline for post in page} == {"Press Office"}
    assert [layer.text for post in page for layer in told(post)] == [post.title for post in page]


def test_a_cut_off_marker_is_no_part_of_a_title() -> None:
    text = "".join(
        f"The bridge at Vetrograd is opened {n} times (more…)\n\n{n} March 2026\n\nIt is open.\n\n" for n in (3, 2)
    )
    assert [post.title for post in posts(text)] == [f"The bridge at Vetrograd is opened {n} times" for n in (3, 2)]


def test_a_photograph_above_a_title_stands_before_it() -> None:
    photograph = "The bridge at dawn. (Photo: Ana Ruiz)"
    text = "".join(
        f"{n} March 2026\n\n{photograph}\n\nThe bridge is opened {n} times\n\nIt is open.\n\nRead more\n\n"
        for n in (3, 2)
    )
    page = posts(text)
    assert [[layer.kind for layer in post.layers] for post in page] == [["caption", "headline", "editor"]] * 2
    assert [layer.index for layer in page[0].layers] == [0, 1, 2]


@pytest.mark.parametrize("text", ["", "\n \n", "Read more\nOlder posts"])
def test_a_page_without_text_has_no_post(text: str) -> None:
    assert posts(text) == ()


def test_tables_and_code_of_a_markdown_file_are_text() -> None:
    """A README among the pages once ended the whole run."""
    text = "# The sample\n\nIt holds pages.\n\n| a | b |\n|---|---|\n| ... | … |\n\n```\n...\n...\n```\n"
    (post,) = posts(text)
    assert post.title == "# The sample"
    assert "| a | b |" in told(post)[0].text


def test_what_is_asked_at_a_briefing_is_no_title() -> None:
    text = (
        "Weekly briefing by the spokeswoman of Kandrevia\n\nShe opened on Monday 3 March with the ferry to Noa.\n\n"
        "Amara: Madam, will the envoy travel to Tamara this week?\n\nShe will on 5 March, if the sea lets her.\n\n"
        "Q: Has the boat been released?\n\nThe boat was released on Sunday 2 March in the port of Noa, as you know.\n"
    )
    posts = split(Document("a", text))
    assert len(posts) == 1
    assert "will the envoy travel" in "".join(layer.text for layer in posts[0].layers)


def test_a_note_that_says_what_follows_holds_the_reports_under_it() -> None:
    note = (
        "The rail committee of Kandrevia and Noa sat in Tamara on 26 November. We reprint what two agencies wrote.\n\n"
    )
    reports = (
        "Rail committee concludes work in Tamara today\n\nTAMARA, Nov. 27 (Kandra News) - Two delegations ended their "
        "talks on Monday by signing ten points on the line.\n\nNoa and Kandrevia put names on a railroad paper\n\n"
        "NOA, Nov. 28 (Noa Press) - The deputy minister described the paper as a leap on Tuesday.\n"
    )
    title = "Railway talks of two neighbours: the third session\n\n"
    assert len(split(Document("a", title + note + reports))) == 1
    # Without such a note each is a post of its own.
    apart = "TAMARA, Nov. 26 (Kandra News) - The committee of Kandrevia and Noa sat in Tamara on Sunday.\n\n"
    assert len(split(Document("a", title + apart + reports))) == 3


def test_the_title_is_the_first_long_line_above_a_text() -> None:
    text = (
        "Statement by the Envoy of Kandrevia to the Council of the Islands\n\n(Check against delivery)\n\n"
        "Madam Chair, I thank you for giving me the floor on this day. Kandrevia stands by the treaty of the islands.\n"
    )
    (post,) = split(Document("a", text))
    assert post.title == "Statement by the Envoy of Kandrevia to the Council of the Islands"
    assert any("Check against delivery" in layer.text for layer in post.layers)


@pytest.mark.parametrize(
    "line",
    [
        "In reply to the press, the Spokesman, Luk Torvek, said:",
        "In the House, the minister, Ana Torvek, stepped down.",
        "Under the deal, both sides, the mediator said, keep their posts.",
    ],
)
def test_a_sentence_that_begins_with_in_or_under_is_no_list_of_categories(line: str) -> None:
    text = (
        f"The council met on Monday.\n\n{line}\n\nThe council will meet again in the spring to hear about the roads.\n"
    )
    (post,) = posts(f"A day at the council of Vetrograd\n\n{text}")
    assert any(line in layer.text for layer in post.layers)


def test_a_question_with_its_asker_in_brackets_is_no_title() -> None:
    asked = "QUESTION (Radio Kandra): Minister, the company calls that theft. Are you afraid of a ruling against you?"
    text = (
        f"MINISTER TORVEK: Good morning to you all, and thank you for coming.\n\n{asked}\n\nMINISTER TORVEK: I am not."
    )
    assert (
        len(posts(f"Press point of the Minister, Ana Torvek, after the sitting\n\n{text}\n\n{asked}\n\nI am not.")) == 1
    )
