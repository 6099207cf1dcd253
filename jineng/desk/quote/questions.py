"""Questions as pages show them, and what is answered as the engine reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jineng.desk.quote.answers import ANYTHING, OCCASION, PARTY, Answers
from jineng.desk.quote.words import PARTIES, QUESTIONS
from jineng.people.forms.pickers import found_by
from jineng.people.queries.regions import full_name, region_choices, region_on
from jineng.policy.facts import FACT, NO_GROUP
from jineng.policy.occasions import Occasions
from jineng.policy.values import parse

#: Texts of which it only counts whether they are there; what stands for one that is.
WHETHER = ("employer_id",)
THERE = "yes"
#: How a question is answered, by the kind of its fact.
_CONTROLS = {
    "yesno": "one",
    "code": "one",
    "groups": "many",
    "date": "day",
    "month": "month",
    "number": "number",
    "whole": "number",
    "months_or_open": "months",
    "yuan": "number",
    "region": "pick",
    "text": "text",
}
#: What lies outside was mistyped.
_EARLIEST, _LATEST = date(1950, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Choice:
    """One of what may be answered. ``found_by``: its pinyin; ``chosen``: it was, before."""

    value: str
    label: str
    note: str = ""
    chosen: bool = False
    found_by: str = ""


@dataclass(frozen=True)
class Question:
    """One question. ``control``: one, many, day, month, number, months, pick or text.

    ``value``: what was answered before; ``wrong``: what is wrong with it, in words; ``may_skip``:
    whether one may say that one doesn't know.
    """

    name: str
    title: str
    hint: str
    control: str
    choices: tuple[Choice, ...] = ()
    value: str = ""
    wrong: str = ""
    may_skip: bool = True
    today: date | None = None


def question(
    name: str,
    answers: Answers,
    occasions: Occasions | None,
    *,
    today: date,
    wrong: str = "",
    typed: str = "",
) -> Question:
    """A question by its name. ``occasions``: not needed to ask who somebody is; ``wrong``: what is
    wrong with what was just answered, which is ``typed``.

    Errors: KeyError where nothing is asked by this name.
    """
    value = typed or answers.of(name)
    title, hint = words_of(name)
    if name == PARTY:
        choices = tuple(Choice(k, _(t), _(note), k == value) for k, (t, note) in PARTIES.items())
        return Question(name, title, hint, "one", choices, value, wrong, may_skip=False)
    if name == OCCASION and occasions is not None:
        listed = [
            Choice(one.key, _(one.title), _(one.note) if one.note else "", one.key == value)
            for one in occasions.of(answers.of(PARTY))
        ]
        anything = Choice(ANYTHING, _("说不清，都算一算"), _("问题会多一些"), value == ANYTHING)
        choices = (*listed, anything)
        return Question(name, title, hint, "one", choices, value, wrong, may_skip=False)
    return Question(
        name=name,
        title=title,
        hint=hint,
        control="one" if name in WHETHER else _CONTROLS[FACT[name].kind],
        choices=tuple(_choices(name, value, today)),
        value=value,
        wrong=wrong,
        today=today if name == "applied_on" else None,
    )


def words_of(name: str) -> tuple[str, str]:
    """A question's title, and what helps to answer it.

    Errors: KeyError where nothing is asked by this name.
    """
    title, hint = QUESTIONS.get(name) or (FACT[name].heading, FACT[name].note)
    return _(title), _(hint) if hint else ""


def _choices(name: str, value: str, today: date) -> list[Choice]:
    fact = FACT[name]
    if name == "region":
        return [
            Choice(code, place, chosen=code == value, found_by=found_by(place))
            for code, place in region_choices(today)
        ]
    if name in WHETHER:
        return [Choice(THERE, _("有"), chosen=value == THERE), Choice("", _("没有"))]
    if fact.kind == "yesno":
        return [
            Choice("yes", _("是"), chosen=value == "yes"),
            Choice("no", _("否"), chosen=value == "no"),
        ]
    chosen = value.split(";")
    return [Choice(code, _(word), chosen=code in chosen) for code, word in fact.codes.items()]


def read(name: str, given: list[str], occasions: Occasions, *, today: date) -> str:
    """What was answered, as it is kept.

    Errors: ValueError whose text says what is expected.
    """
    text = ";".join(one.strip() for one in given if one.strip())
    if name == PARTY:
        if text not in PARTIES:
            raise ValueError(_("请选一项。"))
        return text
    if name == OCCASION:
        if text != ANYTHING and text not in occasions.all:
            raise ValueError(_("请选一项。"))
        return text
    if name in WHETHER:
        return THERE if text else ""
    if not text:
        raise ValueError(_("请先填写，或者选“不清楚”。"))
    if name == "region" and region_on(text, today) is None:
        raise ValueError(_("请从列表中选一个地区。"))
    try:
        value = parse(FACT[name], text)
    except ValueError:
        if FACT[name].kind != "months_or_open":
            raise
        raise ValueError(_("应为整数月数，例如 12；没有期限的，选“无固定期限”。")) from None
    if isinstance(value, date) and not _EARLIEST <= value <= _LATEST:
        raise ValueError(_("请核对年份。"))
    return text


def facts_of(answers: Answers) -> dict[str, Any]:
    """Facts as the engine reads them; None where somebody does not know."""
    return {
        name: parse(FACT[name], text) if text else None
        for name, text in answers.given
        if name in FACT
    }


def told(name: str, text: str, occasions: Occasions, *, today: date) -> str:
    """An answer in words."""
    if name == PARTY:
        return _(PARTIES[text][0])
    if name == OCCASION:
        return _("都算一算") if text == ANYTHING else _(occasions.all[text].title)
    if name in WHETHER:
        return _("有") if text else _("没有或不清楚")
    if not text:
        return _("今天") if name == "applied_on" else _("不清楚")
    if name == "region":
        region = region_on(text, today)
        return full_name(region) if region else text
    fact = FACT[name]
    if fact.kind == "groups":
        codes = text.split(";")
        return _("、").join(_(fact.codes[code]) for code in codes if code != NO_GROUP) or _(
            "都不属于"
        )
    return _(fact.label(parse(fact, text)))
