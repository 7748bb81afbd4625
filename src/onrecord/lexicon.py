"""Word lists and tables from the TOML files under data/: read once, checked when read, never changed.

Every file says where it comes from and under which licence (`[meta] source, licence`). A mistake in a file is a
`LexiconError` that names the file and the key.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from onrecord.errors import LexiconError

T = TypeVar("T")


@cache
def _file(name: str) -> Mapping[str, Any]:
    path = resources.files("onrecord") / "data" / f"{name}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LexiconError(f"data/{name}.toml is missing; reinstall onrecord") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LexiconError(f"data/{name}.toml is not valid TOML: {error}") from error
    meta = data.get("meta", {})
    for key in ("source", "licence"):
        if not isinstance(meta.get(key), str):
            raise LexiconError(f"data/{name}.toml: [meta] {key} is missing; say where the data comes from")
    return data


def _at(name: str, key: str) -> Any:
    value: Any = _file(name)
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            raise LexiconError(f"data/{name}.toml: {key} is missing")
        value = value[part]
    return value


@cache
def words(name: str, key: str) -> tuple[str, ...]:
    """The list of strings at `key` (dots for tables) of `data/NAME.toml`. Doubles are an error."""
    value = _at(name, key)
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise LexiconError(f"data/{name}.toml: {key} must be a list of words")
    seen: set[str] = set()
    for word in value:
        if word in seen:
            raise LexiconError(f"data/{name}.toml: {key} has {word!r} twice")
        seen.add(word)
    return tuple(value)


@cache
def table(name: str, key: str) -> Mapping[str, str]:
    """The table of strings at `key` of `data/NAME.toml`."""
    value = _at(name, key)
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise LexiconError(f"data/{name}.toml: {key} must be a table of strings")
    return types.MappingProxyType(dict(value))


@cache
def keys(name: str, key: str) -> tuple[str, ...]:
    """The names of the tables or values at `key` of `data/NAME.toml`."""
    value = _at(name, key)
    if not isinstance(value, dict):
        raise LexiconError(f"data/{name}.toml: {key} must be a table")
    return tuple(value)


@cache
def entries(name: str, key: str, shape: type[T]) -> tuple[T, ...]:
    """The array of tables at `key` of `data/NAME.toml`, each made into the frozen dataclass `shape`.

    Lists become tuples. A field that `shape` does not have, that is missing, or of another type, is an error.
    """
    value = _at(name, key)
    if not isinstance(value, list):
        raise LexiconError(f"data/{name}.toml: {key} must be an array of tables")
    hints = typing.get_type_hints(shape)
    out: list[T] = []
    for number, row in enumerate(value, 1):
        where = f"data/{name}.toml: {key} number {number}"
        if not isinstance(row, dict):
            raise LexiconError(f"{where} must be a table")
        for field_name, item in row.items():
            if field_name not in hints:
                raise LexiconError(f"{where} has {field_name!r}, which {shape.__name__} does not know")
            if not _fits(item, hints[field_name]):
                raise LexiconError(f"{where}: {field_name} = {item!r} is not a {hints[field_name]}")
        try:
            out.append(shape(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}))
        except TypeError as error:
            raise LexiconError(f"{where}: {error}") from error
    assert dataclasses.is_dataclass(shape)
    return tuple(out)


def _fits(item: object, hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return any(_fits(item, option) for option in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return isinstance(item, list) and all(_fits(one, typing.get_args(hint)[0]) for one in item)
    if hint is float:
        return isinstance(item, int | float) and not isinstance(item, bool)
    if hint is int:
        return isinstance(item, int) and not isinstance(item, bool)
    return isinstance(item, hint) if isinstance(hint, type) else False
