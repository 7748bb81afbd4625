"""When two names can be one actor's."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from onrecord import gazetteer, lexicon

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h"})
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['’‘ʼʻ`´]")


@lru_cache(maxsize=1 << 15)
def fold(name: str) -> str:
    """The words of `name` without accents, capitals, apostrophes and marks, with single blanks between them."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name).casefold()).translate(_LETTERS)
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain)) or name.strip().casefold()


# How one name is written by different outlets; in long words also vowels that some alphabets do not keep apart.
_SOUNDS = tuple(
    pair.split("=")
    for pair in "sch=sh tch=ch kh=h ph=f tz=ts ck=k q=k w=v ae=a oe=o ue=u ou=u oo=u iy=i yi=i ij=i y=i".split()
)
_DOUBLE = re.compile(r"([^\W\d_])\1+")
_VOWELS = str.maketrans("eo", "au")
_LONG = 6  # letters of a word from which on its vowels are not told apart: Mohammed, Muhammad; but Bell, Ball


@lru_cache(maxsize=1 << 15)
def _sound(word: str) -> str:
    """A folded word of a person's name, such that its usual spellings in Latin letters are one."""
    out = word
    for written, heard in _SOUNDS:
        out = out.replace(written, heard)
    out = _DOUBLE.sub(r"\1", out)
    if len(out) > 3:
        out = out.removesuffix("h")
    return out.translate(_VOWELS) if len(word) >= _LONG else out


@cache
def _small() -> frozenset[str]:
    return frozenset(lexicon.words("en/merge", "names.small"))


@dataclass(frozen=True, slots=True)
class _Outlet:
    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""
    country: str = ""


@cache
def _outlets() -> dict[str, str]:
    out: dict[str, str] = {}
    for outlet in lexicon.entries("outlets", "outlet", _Outlet):
        for name in (outlet.name, *outlet.aliases):
            out.setdefault(fold(name), fold(outlet.name))
    return out


@lru_cache(maxsize=4096)
def outlet_key(name: str) -> str:
    """One key for all the names of an outlet: “Xinhua”, “the Xinhua News Agency” and “Xinhuanet” are one."""
    folded = fold(name)
    known = _outlets().get(folded) or _outlets().get(folded.removeprefix("the "))
    if known:
        return known
    lost = lexicon.words("en/merge", "names.outlet")
    return " ".join(word for word in folded.split() if word not in lost) or folded


@dataclass(frozen=True, slots=True)
class Name:
    """What of a name is compared: its words in any order, its letters, its initials, and the state it is or names.

    The words of a person's name stand as they sound, so that its spellings are one.
    """

    words: frozenset[str]
    letters: str
    initials: str
    kind: str
    state: str | None = None


@lru_cache(maxsize=1 << 14)
def read(name: str, kind: str) -> Name:
    """The parts of a name; a body called by the name of a state is that state."""
    folded = fold(name)
    if kind == "person":
        words = [_sound(word) for word in folded.split()]
        return Name(frozenset(words), "".join(words), "", kind)
    state = gazetteer.country_of(name)
    if state is not None:
        return Name(frozenset((f"={state}",)), f"={state}", "", "country", state)
    words = [word for word in folded.split() if word not in _small()] or folded.split() or [folded]
    if len(words) > 1:
        initials = "".join(word[0] for word in words)
    else:
        initials = words[0] if sum(c.isupper() for c in name) > 1 else ""
    return Name(frozenset(words), "".join(words), initials, kind, _state_within(name))


def _state_within(name: str) -> str | None:
    """The only state that the words of a body's name speak of: “Communist Party of Cuba”, “Lao Revolutionary Party”."""
    words = name.split()
    found: set[str] = set()
    n = 0
    while n < len(words):
        for width in (3, 2, 1):
            state = gazetteer.country_of(" ".join(words[n : n + width]).strip(".,()"))
            if state is not None:
                found.add(state)
                n += width - 1
                break
        n += 1
    return found.pop() if len(found) == 1 else None


def same(a: Name, b: Name) -> bool:
    """Whether two names can be one actor's."""
    if a.letters == b.letters or a.words == b.words:
        return True
    if (a.kind == "person") != (b.kind == "person") or a.kind == "country" or b.kind == "country":
        return False
    small, large = (a, b) if len(a.words) <= len(b.words) else (b, a)
    if len(small.words) > 1:
        return small.words <= large.words
    return bool(small.initials) and len(large.words) > 1 and small.initials == large.initials


def same_name(a: str, b: str, kind: str = "person") -> bool:
    """Whether two names can be one actor's: the same words in any order, without regard to accents and capitals, or the
    words of one, two or more, within the other's; for persons in any usual spelling, for bodies also an abbreviation,
    for states any of their names."""
    return same(read(a, kind), read(b, kind))
