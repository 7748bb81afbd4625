"""Names of states, their people, cities and regions."""

from __future__ import annotations

import pytest

from onrecord import gazetteer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Namibia", "NAM"),
        ("namibian", "NAM"),
        ("the Gambia", "GMB"),
        ("U.S.", "USA"),
        ("the UK", "GBR"),
        ("DPRK", "PRK"),
        ("Peru’s", "PER"),
        ("Laos'", "LAO"),
        ("Cote d’Ivoire", "CIV"),
        ("TÜRKIYE", "TUR"),
        ("Republic of Korea", "KOR"),
        ("Kyrgyz", "KGZ"),
        ("Sahrawi", "ESH"),
        ("Kosovar", "XKX"),
        ("Congolese", "COD"),
        ("us", None),
        ("car", None),
        ("Atlantis", None),
    ],
)
def test_country_of_understands_names_letters_and_peoples(text: str, code: str | None) -> None:
    assert gazetteer.country_of(text) == code


def test_every_state_has_a_code_of_its_own_and_most_have_people_and_a_capital() -> None:
    countries = gazetteer.countries()
    assert len({country.alpha3 for country in countries}) == len(countries) == 250
    assert sum(bool(country.people) for country in countries) > 220
    assert sum(bool(country.capitals) for country in countries) > 235


def test_city_takes_the_largest_unless_the_country_is_given() -> None:
    london = gazetteer.city("London")
    assert london is not None
    assert london.country == "GBR"
    other = gazetteer.city("london", "CAN")
    assert other is not None
    assert other.country == "CAN"
    assert gazetteer.city("London", "MNG") is None


@pytest.mark.parametrize(
    ("name", "country"), [("Bogota", "COL"), ("Kiev", "UKR"), ("Ulan Bator", "MNG"), ("Salalah", "OMN")]
)
def test_city_does_not_mind_accents_and_other_names(name: str, country: str) -> None:
    found = gazetteer.city(name)
    assert found is not None
    assert found.country == country


def test_regions_know_their_state() -> None:
    assert gazetteer.regions()["south sinai"] == "EGY"
    assert set(gazetteer.regions().values()) <= set(gazetteer.by_alpha3())


@pytest.mark.parametrize("text", ["Çağlar", "São Tomé", "Łódź", "Đặng", "Ḥusayn"])
def test_fold_leaves_plain_small_letters(text: str) -> None:
    assert gazetteer.fold(text).isascii()
    assert gazetteer.fold(text) == gazetteer.fold(gazetteer.fold(text))
