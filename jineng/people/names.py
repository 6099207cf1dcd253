"""How names are found and put in order: by their characters and by pinyin.

A name's tokens are its characters, its pairs of characters, and its pinyin from each character on,
in full and as initials, so that 李明华, 明华, liminghua, minghua and lmh all lead to it.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Lookup, Model, QuerySet, TextField, Value
from django.db.models.sql.compiler import SQLCompiler

#: Characters read otherwise as a surname.
_SURNAMES = {
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "曾": "zeng", "任": "ren", "华": "hua", "尉": "yu", "缪": "miao", "翟": "zhai", "乐": "yue",
    "召": "shao", "覃": "qin", "种": "chong", "重": "chong", "长": "zhang", "繁": "po",
    "折": "she", "黑": "he", "秘": "bi", "冼": "xian", "员": "yun", "尹": "yin", "洗": "xian",
}  # fmt: skip
_MOST_READINGS = 8

M = TypeVar("M", bound=Model)
_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    """How a character is read, the usual way first."""
    # Late: its dictionaries take as long to load as Django, and most processes read no name.
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(one.replace("ü", "v") for one in found[0])) if found else ()


def _of_person(name: str) -> list[list[str]]:
    """Readings of a person's name, each a list of syllables; the likeliest first."""
    each = []
    for place, character in enumerate(name):
        readings = _readings(character) or (character.lower(),)
        surname = _SURNAMES.get(character) if place == 0 else None
        each.append(tuple(dict.fromkeys((surname, *readings))) if surname else readings)
    return [list(one) for one in islice(product(*each), _MOST_READINGS)]


def _of_organisation(name: str) -> list[list[str]]:
    """The reading of an organisation's name, by its words."""
    from pypinyin import lazy_pinyin

    return [[one.lower().replace("ü", "v") for one in lazy_pinyin(name)]]


def person_key(name: str) -> str:
    """What sorts persons by their names."""
    return _key(name, _of_person(name))


def person_tokens(name: str) -> str:
    """What persons are found by, parted by spaces."""
    return _tokens(name, _of_person(name))


def organisation_key(name: str) -> str:
    """What sorts organisations by their names."""
    return _key(name, _of_organisation(name))


def organisation_tokens(name: str) -> str:
    """What organisations are found by, parted by spaces."""
    return _tokens(name, _of_organisation(name))


def _key(name: str, readings: list[list[str]]) -> str:
    # A tab comes before a space: 李明 stands before 李明华.
    return f"{' '.join(readings[0])}\t{name}"[:400]


def _tokens(name: str, readings: list[list[str]]) -> str:
    found = dict.fromkeys(_WORD.findall(name.lower()))
    for run in _HAN.findall(name):
        found |= dict.fromkeys(run)
        found |= dict.fromkeys(_pairs(run))
    for syllables in readings:
        plain = [one for one in syllables if _WORD.fullmatch(one)]
        for start in range(len(plain)):
            found["".join(plain[start:])] = None
            found["".join(one[0] for one in plain[start:])] = None
    return " ".join(found)


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


def words_of(search: str) -> str:
    """A search as a tsquery: every pair of characters, every word of pinyin by its beginning.

    Empty where nothing in it can be searched for.
    """
    wanted: dict[str, None] = {}
    for run in _HAN.findall(search):
        wanted |= dict.fromkeys(f"'{one}'" for one in (_pairs(run) if len(run) > 1 else [run]))
    for word in _WORD.findall(search.lower().replace("ü", "v")):
        wanted[f"'{word}':*"] = None
    return " & ".join(wanted)


def _vector() -> Func:
    """The expression that the models' indexes hold."""
    tokens = Func(F("name_tokens"), Value(" "), function="string_to_array")
    return Func(tokens, function="array_to_tsvector", output_field=TextField())


class _Matches(Lookup):
    """Whether a vector has what a tsquery asks for."""

    lookup_name = "matches"
    output_field = BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """`vector @@ query`."""
        left, left_words = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*left_words, self.rhs)


def named(rows: "QuerySet[M]", search: str) -> "QuerySet[M]":
    """Those of the rows whose name has all that the search says; none where it says nothing."""
    words = words_of(search)
    return rows.filter(_Matches(_vector(), words)) if words else rows.none()
