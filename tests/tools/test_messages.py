"""The catalogue follows the texts: new ones are empty, known ones are kept, gone ones go."""

import gettext
from pathlib import Path

import pytest

from tools import messages
from tools.messages import Message

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy as _unknown, pgettext
a = _("甲")
b = ngettext("%(n)s 件", "%(n)s 件件", 2)
c = pgettext("one", "乙")
d = "丙"
"""
PAGE = """{% load i18n %}{# 丁 #}
<p title="{% translate "戊" %}">{{ one|default:_("己") }}</p>
    {% blocktranslate trimmed count n=3 %}
      {{ n }} 庚
    {% plural %}
      {{ n }} 庚庚
    {% endblocktranslate %}
{% translate "辛" context "one" %}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module and one page."""
    catalogue = tmp_path / "jineng" / "locale" / "django.po"
    for name, path in (
        ("ROOT", tmp_path),
        ("SOURCE", tmp_path / "jineng"),
        ("CATALOGUE", catalogue),
    ):
        monkeypatch.setattr(messages, name, path)
    (tmp_path / "jineng" / "templates").mkdir(parents=True)
    (tmp_path / "jineng" / "module.py").write_text(PYTHON)
    (tmp_path / "jineng" / "templates" / "page.html").write_text(PAGE)
    return tmp_path / "jineng"


def ours() -> set[tuple[str, str, str]]:
    """What was found in the project, without the policy and the demo."""
    places = ("jineng/module.py", "jineng/templates/page.html")
    return {
        (one.text, one.plural, one.context) for one in messages.messages() if one.place in places
    }


def test_texts_are_found_in_modules_and_templates(project: Path) -> None:
    assert ours() == {
        ("甲", "", ""),
        ("%(n)s 件", "%(n)s 件件", ""),
        ("乙", "", "one"),
        ("戊", "", ""),
        ("己", "", ""),
        ("%(n)s 庚", "%(n)s 庚庚", ""),
        ("辛", "", "one"),
    }


def test_titles_of_the_policy_and_stories_of_the_cast_are_found() -> None:
    found = {one.text for one in messages.messages()}
    assert {"岗前培训", "企业新录用的职工", "最少课时", "人员类别", "退役军人"} <= found
    assert any(text.startswith("青山船厂的焊工") for text in found)


def test_the_catalogue_follows(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [Message("甲", "a.py"), Message("乙", "b.py"), Message("一件", "b.py", "几件")]
    monkeypatch.setattr(messages, "messages", lambda: first)
    messages.update()
    kept = messages.CATALOGUE.read_text()
    assert kept.count('msgstr ""') == 3
    messages.CATALOGUE.write_text(
        kept.replace('msgid "乙"\nmsgstr ""', 'msgid "乙"\nmsgstr "B"')
        .replace('msgstr[0] ""', 'msgstr[0] "one"')
        .replace('msgstr[1] ""', 'msgstr[1] "some"')
    )
    monkeypatch.setattr(messages, "messages", lambda: [*first[1:], Message("丙", "c.py")])
    messages.update()
    text = messages.CATALOGUE.read_text()
    assert "甲" not in text
    assert 'msgid "丙"\nmsgstr ""' in text
    # Nothing but texts and files: what did not change is written as it was.
    messages.update()
    assert messages.CATALOGUE.read_text() == text

    messages.compile_catalogues()
    with messages.CATALOGUE.with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("乙") == "B"
    assert [english.ngettext("一件", "几件", n) for n in (1, 2)] == ["one", "some"]
