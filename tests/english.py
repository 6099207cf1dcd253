"""What of a page is not English: for tests that read pages with the English cookie."""

import re
from html.parser import HTMLParser

CHINESE = re.compile("[\u3001-\u3011\u3400-\u9fff\uff00-\uff5e]+")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"}
SAID = ("alt", "aria-label", "placeholder", "title", "data-label", "content")


class Texts(HTMLParser):
    """What a page says to whoever reads no Chinese: its texts and what is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        skipped = self.skipping or tag in ("script", "style")
        if "lang" in given and tag != "html":
            skipped = (given["lang"] or "").startswith("zh")
        if not skipped:
            names = [name for name in given if name in SAID or name.startswith("data-")]
            self.texts += [given[name] or "" for name in names]
        if tag not in VOID:
            self.open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.texts.append(data)

    @property
    def skipping(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def left_in_chinese(page: str, names: re.Pattern[str]) -> set[str]:
    """The texts of a page that are not English, without names."""
    texts = Texts()
    texts.feed(page)
    # Names are many; most texts have nothing to look for them in.
    chinese = (" ".join(text.split()) for text in set(texts.texts) if CHINESE.search(text))
    return {text for one in chinese if CHINESE.search(text := names.sub(" ", one))}
