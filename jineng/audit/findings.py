"""What does not agree, in numbers and in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_noop

from jineng.core.seal import SignedRoot

SENTENCES = {
    "changed": gettext_noop("事件 {of} 的内容在封存之后被改动。"),
    "removed": gettext_noop("事件 {of} 在封存之后被删除。"),
    "inserted": gettext_noop("事件 {of} 是事后插入的，封存时并不存在。"),
    "backdated": gettext_noop("事件 {of} 的时间早于它写入数据库的时间。"),
    "swapped": gettext_noop("事件 {first} 与事件 {other} 被对调。"),
    "moved": gettext_noop("原来的事件 {other} 现在成了事件 {first}，次序被改动。"),
    "unchained": gettext_noop("事件 {of} 没有封存记录：记录已缺失，或者事件是事后插入的。"),
    "links_gone": gettext_noop("封存记录缺少第 {of} 位。"),
    "link_changed": gettext_noop("封存记录第 {of} 位被改动，所记的事件本身没有变。"),
    "link_broken": gettext_noop("封存记录第 {of} 位与前一位不衔接：两者之一被改动或调换。"),
    "cut_off": gettext_noop("封存记录在末尾被截断：缺少第 {of} 位，根 #{other} 签到那里。"),
    "unsigned": gettext_noop("封存记录第 {of} 位在最后一个根之后，不是封存时写入的。"),
    "disagrees": gettext_noop("根 #{other} 与链不符：封存记录第 {of} 位之间被整段改写。"),
    "not_a_root": gettext_noop("根文件第 {of} 行不是一个根。"),
    "bad_signature": gettext_noop("根 #{of} 的签名不对。"),
    "unknown_key": gettext_noop("根 #{of} 由未知的密钥签名。"),
    "out_of_order": gettext_noop("根 #{of} 与前一个根不衔接。"),
    "roots_gone": gettext_noop("根文件缺少根 #{of}，数据库里有。"),
    "roots_unknown": gettext_noop("数据库缺少根 #{of}，根文件里有。"),
    "root_differs": gettext_noop("根 #{of} 在根文件和数据库里不一样。"),
}


@dataclass(frozen=True)
class Finding:
    """What does not agree: event numbers, places in the chain or numbers of roots."""

    kind: str
    first: int
    last: int
    other: int | None = None

    @property
    def text(self) -> str:
        """In a sentence."""
        of = f"{self.first}" if self.last == self.first else f"{self.first}—{self.last}"
        return gettext(SENTENCES[self.kind]).format(of=of, first=self.first, other=self.other)


@dataclass
class Audit:
    """What verifying came to. ``more``: findings that were counted only, by kind."""

    sealed: int = 0
    waiting: int = 0
    roots: list[SignedRoot] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)

    @property
    def in_order(self) -> bool:
        """Nothing disagrees."""
        return not self.findings

    @property
    def newest(self) -> SignedRoot | None:
        """The newest root whose signature holds."""
        return max(self.roots, key=lambda root: root.number, default=None)

    def add(self, kind: str, first: int, last: int | None = None, other: int | None = None) -> None:
        """One finding, about all numbers from `first` to `last`."""
        self.findings.append(Finding(kind, first, first if last is None else last, other))

    def add_all(self, kind: str, numbers: Iterable[int]) -> None:
        """Findings of one kind, numbers that follow one another told as one."""
        run: list[int] = []
        for number in sorted(numbers):
            if run and number != run[-1] + 1:
                self.add(kind, run[0], run[-1])
                run = []
            run = [*run[:1], number]
        if run:
            self.add(kind, run[0], run[-1])
