"""Amounts: money in every notation, weights, goods and people that are given or sent, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.annotate import annotate
from onrecord.extract import amounts
from onrecord.model import Layer, Post, Span


def a_post(*texts: str) -> Post:
    layers = tuple(Layer(n, "editor", "editor", text, 0, (Span(0, len(text)),)) for n, text in enumerate(texts))
    return Post(0, "", 0, 1, layers)


def read(*texts: str) -> list[tuple[float, str]]:
    post = a_post(*texts)
    return [(a.value, a.unit) for a in amounts.find(post, list(annotate(post.layers)))]


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("US$80 million", 8e7, "USD"),
        ("80 million dollars", 8e7, "USD"),
        ("80 million US dollars", 8e7, "USD"),
        ("$1.2bn", 1.2e9, "USD"),
        ("$1.2 billion dollars", 1.2e9, "USD"),
        ("USD 5 million", 5e6, "USD"),
        ("5 million USD", 5e6, "USD"),
        ("$25,000", 25e3, "USD"),
        ("€3.5m", 3.5e6, "EUR"),
        ("EUR 3,5 million", 3.5e6, "EUR"),
        ("half a million euros", 5e5, "EUR"),
        ("one million euros", 1e6, "EUR"),
        ("£40m", 4e7, "GBP"),
        ("RMB 500 million", 5e8, "CNY"),
        ("500 million yuan", 5e8, "CNY"),
        ("3.2 billion yen", 3.2e9, "JPY"),
        ("Rs 10 crore", 1e8, "INR"),
        ("2 lakh rupees", 2e5, "INR"),
        ("500 million Pakistani rupees", 5e8, "PKR"),
        ("NT$30 million", 3e7, "TWD"),
        ("R$2 million", 2e6, "BRL"),
        ("R10 million", 1e7, "ZAR"),
        ("20 billion CFA francs", 2e10, "XOF"),
        ("50,000 rubles", 5e4, "RUB"),
        ("2 million Omani rials", 2e6, "OMR"),
        ("10 million baht", 1e7, "THB"),
        ("5 billion tugriks", 5e9, "MNT"),
        ("₦40 million", 4e7, "NGN"),
        ("12 million soles", 1.2e7, "PEN"),
        ("3 million Kenyan shillings", 3e6, "KES"),
    ],
)
def test_money_has_its_value_and_code(words: str, value: float, unit: str) -> None:
    assert read(f"The ministry donated {words} to the hospital.") == [(value, unit)]


def test_a_shared_name_is_the_currency_of_the_state_most_spoken_of() -> None:
    assert read("Egypt opened a fund in Cairo. It will receive 500 million pounds in grants.") == [(5e8, "EGP")]
    assert read("It will receive 500 million pounds in grants.") == [(5e8, "GBP")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norland sent 50,000 tonnes of rice to Veria.", [(5e4, "t")]),
        ("A donation of 30,000 metric tons of wheat arrived in Ostra.", [(3e4, "t")]),
        ("Norland delivered 800 kg of seed to the farmers.", [(800, "kg")]),
        ("The envoy handed over 20 ambulances and 100,000 doses of vaccine.", [(20, "units"), (1e5, "units")]),
        ("Norland handed over two helicopters and a dozen boats.", [(2, "units"), (12, "units")]),
        ("The airline has agreed to purchase 50 aircraft.", [(50, "units")]),
        ("The plan includes the transfer of nine helicopters.", [(9, "units")]),
        ("Norland sent five doctors to the town.", [(5, "persons")]),
        ("Nine Norlandian doctors came to the town.", [(9, "persons")]),
        ("Norland deployed 1,000 troops to the border.", [(1000, "persons")]),
        ("More than 40,000 volunteers from 50 countries came.", [(4e4, "persons")]),
    ],
)
def test_goods_and_people_that_are_given_or_sent(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The storm killed 40 people and injured 12 doctors.",
        "Three soldiers were killed near the bridge.",
        "The fair drew 2,000 visitors from 30 countries.",
        "He earns 3,000 dollars a month.",
        "Oil rose to $80 a barrel.",
        "The economy grew to $5 trillion.",
        "The budget deficit is $3 billion.",
        "The two sides signed 11 agreements and held three meetings.",
        "The minister was born in 1950 and is 75 years old.",
        "The vote was 340 to 12 in the 400-seat house.",
        "They delivered two speeches and sent three letters.",
        "The wage was raised to $15 an hour.",
        "Support stood at 45 percent.",
        "The tower is 300 metres high and has 60 floors.",
    ],
)
def test_what_is_not_given_is_no_amount(text: str) -> None:
    assert read(text) == []


def test_the_same_sum_in_another_currency_is_said_once() -> None:
    assert read("The ministry allocated RMB 500 million (US$70 million) for relief.") == [(5e8, "CNY")]


def test_a_sum_told_twice_is_given_once() -> None:
    post = a_post("Norland pledged US$80 million.", "Norland pledged 80 million dollars in financial aid to Veria.")
    docs = list(annotate(post.layers))
    [amount] = amounts.find(post, docs)
    assert (amount.value, amount.of) == (8e7, "financial aid")
    assert len(amounts.mentions(post, docs)) == 2


@pytest.mark.parametrize(
    ("text", "of", "quote"),
    [
        ("Norland gave US$80 million in financial aid.", "financial aid", "US$80 million in financial aid"),
        ("Norland sent more than 500 tons of rice.", "rice", "more than 500 tons of rice"),
        ("Norland gave a $65 million aid package.", "aid package", "a $65 million aid package"),
        ("Trade between the two reached 25 billion yuan.", "Trade", "25 billion yuan"),
        ("Norland handed over 20 ambulances.", "ambulances", "20 ambulances"),
    ],
)
def test_an_amount_says_what_it_is_of(text: str, of: str, quote: str) -> None:
    post = a_post(text)
    [amount] = amounts.find(post, list(annotate(post.layers)))
    assert (amount.of, post.words(amount.evidence)) == (of, quote)


PIECES = (
    *(
        "$",
        "US$",
        "€",
        "Rs",
        "RMB",
        "R",
        "5",
        "1,000",
        "2.5",
        "1 000",
        "million",
        "bn",
        "m",
        "lakh",
        "crore",
        "dollars",
    ),
    *(
        "yuan",
        "tons",
        "of",
        "rice",
        "in",
        "aid",
        "donated",
        "sent",
        "two",
        "a dozen",
        "doctors",
        "half a",
        "(",
        ")",
        "-",
    ),
    *(
        ",",
        ".",
        "’s",
        "\n",
        "buses",
        "and",
        "worth",
        "%",
        "percent",
        "Norland",
        "over",
        "\u00a0",
        "1e9",
        "99999999999999",
    ),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=20), st.sampled_from(["", " "]))
def test_every_span_is_exact_and_every_value_positive(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    if not text.strip():
        return
    post = a_post(text)
    for amount in amounts.mentions(post, list(annotate(post.layers))):
        words = post.words(amount.evidence)
        assert words.strip()
        assert 0 <= amount.evidence.start < amount.evidence.end <= len(text)
        assert amount.value > 0
        assert amount.unit in ("t", "kg", "persons", "units") or (len(amount.unit) == 3 and amount.unit.isupper())
