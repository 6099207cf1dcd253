"""The lists of a batch: its decisions, and what is wrong with its files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jineng.claims import words
from jineng.claims.models import Batch, State
from jineng.pages.tables import Column, Filter, Status, Table, Wanted
from jineng.policy.facts import OUTCOMES, outcome_word
from jineng.policy.identity import masked

if TYPE_CHECKING:  # both bring Arrow, and whoever only asks for addresses is not to wait for it
    from jineng.claims.lines import Lines
    from jineng.claims.listing import Decisions
    from jineng.claims.problems import Problems
    from jineng.policy import Pack

#: However many there are: each is reached at once.
ALL = 10**9
#: Of a region's six digits these name its city; of a day, its year and its month.
CITY, YEAR, MONTH = 4, 4, 7

Choices = list[tuple[str, Any]]


def _status(line: dict[str, Any]) -> Status:
    word = _now(outcome_word(line["outcome"], line["missing"]))
    return Status(word, words.TONES[line["outcome"]])


def _address(line: dict[str, Any]) -> str:
    address = reverse("claims:line", args=[line["batch"], line["row"]])
    return f"{address}?{line['query']}" if line["query"] else address


DECISIONS = Table(
    "decisions",
    _("逐条决定"),
    columns=(
        Column("claim", _("申请编号"), lambda one: one["claim_id"], kind="code", link=_address),
        Column(
            "scheme", _("补贴项目"), lambda one: words.scheme_name(one["scheme"]), sort=("scheme",)
        ),
        Column("applied", _("受理日期"), lambda one: one["applied_on"], ("applied_on",), "date"),
        Column(
            "region", _("地区"), lambda one: words.place_name(one["region"]), ("region",), "code"
        ),
        Column(
            "person",
            pgettext_lazy("one", "人员"),
            lambda one: masked(one["person_id"]),
            kind="code",
            shown=False,
        ),
        Column("outcome", _("结论"), _status, sort=("outcome",), kind="status"),
        Column("amount", _("金额（元）"), lambda one: one["fen"], sort=("fen",), kind="money"),
        Column(
            "payee",
            _("发放对象"),
            lambda one: words.payee_word(one["payee"]),
            ("payee",),
            shown=False,
        ),
        Column(
            "reasons",
            _("原因"),
            lambda one: _now("；").join(one["reasons"]),
        ),
        Column("row", _("文件中的行"), lambda one: one["row"], ("row",), "count", shown=False),
    ),
    default_sort="row",
    filters=(
        Filter("search", _("申请编号，可只填一部分"), "search"),
        Filter("scheme", _("补贴项目")),
        Filter("outcome", _("结论")),
        Filter("region", _("地区"), "region"),
        Filter("month", _("受理月份")),
        Filter("reason", _("原因")),
        Filter("payee", _("发放对象")),
        Filter("least", _("金额不低于（元）"), "yuan"),
        Filter("most", _("金额不高于（元）"), "yuan"),
    ),
    empty=(_("没有核定的申请"), _("申领表里没有可以核定的行。")),
    most=ALL,
)


def decisions_table(pack: Pack, listing: Decisions) -> Table:
    """The list of a batch's decisions, its filters with what occurs in the batch."""
    totals = listing.totals
    choices: dict[str, Choices] = {
        "scheme": [
            (code, _with(words.scheme_name(code), _lines(sums)))
            for code, sums in totals.schemes.items()
        ],
        "outcome": [
            (code, _with(_now(word), totals.outcomes[code][0]))
            for code, word in OUTCOMES.items()
            if code in totals.outcomes
        ],
        "region": _regions({code: _lines(sums) for code, sums in totals.regions.items()}),
        "month": _months({f"{day}": _lines(sums) for day, sums in totals.days.items()}),
        "reason": _reasons(pack, totals),
        "payee": [(code, _with(words.payee_word(code), n)) for code, n in totals.payees.items()],
    }
    filters = tuple(
        replace(one, choices=_given(choices[one.name])) if one.name in choices else one
        for one in DECISIONS.filters
    )
    return replace(DECISIONS, filters=filters)


def _given(choices: Choices) -> Any:
    return lambda: choices


def _with(word: str, count: int) -> str:
    return _now("%(word)s（%(count)s）") % {"word": word, "count": f"{count:,}"}


def _lines(sums: dict[str, tuple[int, int]]) -> int:
    return sum(count for count, _fen in sums.values())


def _regions(lines: dict[str, int]) -> Choices:
    """Each region, and before those of a city the city as a whole."""
    found: Choices = []
    for city, codes in _grouped(lines, CITY).items():
        if len(codes) > 1:
            whole = _now("%(city)s全部") % {"city": words.place_name(city)}
            found.append((city, _with(whole, sum(lines[code] for code in codes))))
        found += [(code, _with(words.region_name(code) or code, lines[code])) for code in codes]
    return found


def _months(lines: dict[str, int]) -> Choices:
    """Each month, and before those of a year the year as a whole."""
    found: Choices = []
    for year, days in _grouped(lines, YEAR).items():
        months = _grouped(days, MONTH)
        if len(months) > 1:
            whole = _now("%(year)s 年全年") % {"year": year}
            found.append((year, _with(whole, sum(lines[day] for day in days))))
        found += [
            (month, _with(month, sum(lines[day] for day in of))) for month, of in months.items()
        ]
    return found


def _grouped(words_: Iterable[str], digits: int) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for word in words_:
        groups.setdefault(word[:digits], []).append(word)
    return groups


def _reasons(pack: Pack, totals: Any) -> Choices:
    from jineng.claims.listing import NO_SCHEME

    failed = [
        (f"{scheme}.{code}", _with(words.failed(pack, scheme, code), count))
        for scheme, code, count in totals.failed
    ]
    missing = [
        (
            f"{NO_SCHEME}.{fact}",
            _with(_now("缺少：%(fact)s") % {"fact": words.missing_word(fact)}, count),
        )
        for fact, count in totals.missing
    ]
    return [*failed, *missing]


def wanted_lines(wanted: Wanted, batch: Batch, pack: Pack, listing: Decisions) -> Lines:
    """The lines that are wanted, as `Table.page` takes them."""
    from jineng.claims.lines import Lines

    def told(line: dict[str, Any]) -> dict[str, Any]:
        own = {"batch": batch.pk, "query": wanted.query(), "reasons": words.reasons(pack, line)}
        return line | own

    return Lines(listing, listing.chosen(wanted.filters), told)


def sort_of(wanted: Wanted) -> str:
    """The order that is wanted, as `Listing.ordered` takes it."""
    columns = wanted.table.columns
    column = next(one for one in columns if one.name == wanted.sort.removeprefix("-"))
    return column.ordered(down=wanted.sort.startswith("-"))[0]


TONES = {
    State.REFUSED: "bad",
    State.FAULTY: "bad",
    State.DECIDED: "good",
    State.FAILED: "bad",
    State.CANCELLED: "plain",
}

BATCHES = Table(
    "batches",
    _("我的批次"),
    columns=(
        Column(
            "file",
            _("文件"),
            lambda one: one.file_name,
            ("file_name", "pk"),
            link=lambda one: reverse("claims:batch", args=[one.pk]),
        ),
        Column(
            "state",
            _("状态"),
            lambda one: Status(one.get_state_display(), TONES.get(one.state, "waiting")),
            kind="status",
        ),
        Column("lines", _("行数"), lambda one: one.checked.get("lines"), kind="count"),
        Column("at", _("上传时间"), lambda one: one.created_at, ("created_at", "pk"), "date"),
        Column("until", _("删除时间"), lambda one: one.goes_at or _now("不自动删除"), kind="date"),
    ),
    default_sort="-at",
    filters=(Filter("state", _("状态"), choices=lambda: State.choices),),
    empty=(_("还没有批次"), _("上传申领表后，这里列出处理情况。")),
)


def _where(problem: dict[str, Any]) -> str:
    return str(problem["where"])


SEVERITIES = {
    "error": (pgettext_lazy("one", "错误"), "bad"),
    "warning": (pgettext_lazy("one", "提醒"), "waiting"),
}
FILES = {"claims": _("申领表"), "history": _("历史文件")}

PROBLEMS = Table(
    "problems",
    _("错误和提醒"),
    columns=(
        Column("where", _("位置"), _where, sort=("row",)),
        Column(
            "severity",
            _("种类"),
            lambda one: Status(*SEVERITIES[one["severity"]]),
            kind="status",
            sort=("severity",),
        ),
        Column("file", _("文件"), lambda one: FILES[one["file"]], shown=False),
        Column("column", _("列"), lambda one: one["heading"], sort=("heading",), kind="said"),
        Column("letters", _("列号"), lambda one: one["letters"], kind="code", shown=False),
        Column("value", _("内容"), lambda one: one["value"], kind="quoted"),
        Column("message", _("问题与改法"), lambda one: one["message"], kind="said"),
        Column("count", _("行数"), lambda one: one["count"], sort=("count",), kind="count"),
    ),
    default_sort="where",
    filters=(Filter("severity", _("种类")), Filter("column", _("列")), Filter("file", _("文件"))),
    empty=(_("没有错误，也没有提醒"), ""),
    most=ALL,
)


def problems_table(problems: Problems, *, history: bool) -> Table:
    """The list of what is wrong with a batch, its filters with what occurs."""
    choices: dict[str, Choices] = {
        "severity": [
            (code, _with(str(SEVERITIES[code][0]), count))
            for code, count in problems.counted("severity")
        ],
        "column": [
            (str(at), _with(_now(heading) if heading else _now("整个文件"), count))
            for at, (heading, count) in enumerate(problems.headings)
        ],
        "file": [
            (code, _with(str(FILES[code]), count)) for code, count in problems.counted("file")
        ],
    }
    filters = tuple(
        replace(one, choices=_given(choices[one.name]))
        for one in PROBLEMS.filters
        if history or one.name != "file"
    )
    return replace(PROBLEMS, filters=filters)
