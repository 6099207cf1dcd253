"""The English of every text that pages show: found in the code, kept in a catalogue, compiled.

Chinese is the source. Texts are found in Python by the names of gettext's functions, in templates
by Django's own reading of them, and in the policy pack and the cast of the demo, whose titles and
stories pages translate where they show them. Usage: tools/messages.py update|compile
"""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from jineng import policy
from jineng.demo.cast import CAST
from jineng.policy import facts, suppliers
from jineng.policy.documents import PARTIES
from jineng.policy.explanation import STATUSES
from jineng.policy.impact import CHANGES, EVERY_FUND, OTHER_GROUPS
from jineng.policy.occasions import read_benefits, read_occasions
from jineng.policy.pack import Pack
from jineng.policy.schemes import Scheme

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "jineng"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
PACK = "hubei"

KEYWORDS = {
    "_": None,
    "_lazy": None,
    "_now": None,
    "_noop": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Message:
    """A text and where it stands. ``plural``: of several, "" where it counts nothing."""

    text: str
    place: str
    plural: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """As catalogues name it."""
        return (self.text, self.plural) if self.plural else self.text


def messages() -> list[Message]:
    """Every text that has to be there in English, some of them more than once."""
    found = [message for path in _files(".py") for message in _of_source(path, path.read_text())]
    for path in _files(".html", ".txt"):
        found += _of_source(path, _plain(templatize(path.read_text())))
    stories = (Message(seat.story, "jineng/demo/cast.py") for seat in CAST if seat.story)
    return [*found, *_of_pack(policy.load(PACK)), *stories]


def _files(*endings: str) -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        shown = path.suffix == ".py" or "templates" in path.parts
        if shown and path.suffix in endings and "migrations" not in path.parts:
            yield path


def _plain(code: str) -> str:
    """What is left of a template, as Python can be read: no line is further in than another."""
    return "\n".join(line.lstrip() for line in code.splitlines())


def _of_source(path: Path, code: str) -> Iterator[Message]:
    place = path.relative_to(ROOT).as_posix()
    for _line, found, _comments, context in extract(
        "python", io.BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}
    ):
        text, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
        if text:
            yield Message(text, place, plural, context or "")


def _of_pack(pack: Pack) -> Iterator[Message]:
    """The titles and labels of the policy that pages show."""
    place = "jineng/policy/facts.py"
    headings = [fact.heading for fact in (*facts.FACTS, facts.HISTORY_OUTCOME)]
    headings += [out.heading for out in facts.OUT]
    codes = [label for fact in facts.FACTS for label in fact.codes.values()]
    words = [*facts.OUTCOMES.values(), *facts.PAYEES.values(), *facts.FUNDS.values()]
    words += [suppliers.APPLICANT, suppliers.STANDARD_SETTER, *suppliers.SUPPLIERS.values()]
    words += [*CHANGES.values(), *OTHER_GROUPS, EVERY_FUND]
    for text in (*headings, *codes, *words, *STATUSES.values()):
        yield Message(text, place)
    yield from _of_guides(pack)
    yield from _of_service_guides(pack)
    yield from _of_documents(pack)
    for scheme in pack.schemes.values():
        place = f"jineng/policies/{PACK}: {scheme.code}"
        texts = [scheme.name, *(condition.title for condition in scheme.conditions)]
        for parameter in scheme.parameters.values():
            texts += [parameter.label, *parameter.set_by.values()]
        yield from (Message(text, place) for text in (*texts, *_grounds(scheme)) if text)


def _of_service_guides(pack: Pack) -> Iterator[Message]:
    """What those who apply have to know beside the rules."""
    for code, guide in pack.guides.items():
        texts = [guide.who, guide.trainee, guide.assumed, *guide.readings]
        for material in guide.materials:
            texts += [material.title, material.note, material.assumed, *material.readings]
        for step in guide.steps:
            texts += [step.title, step.text, step.assumed, *step.readings]
        place = f"jineng/policies/{PACK}: {code}"
        yield from (Message(text, place) for text in texts if text)


def _of_documents(pack: Pack) -> Iterator[Message]:
    """The documents, what their paragraphs are about and say, and what carries them."""
    yield from (Message(one, "jineng/policy/documents.py") for one in PARTIES.values())
    for feature in pack.features.values():
        yield Message(feature.name, f"jineng/policies/{PACK}: features")
    for key, document in pack.documents.items():
        texts = [document.title, document.issuer, document.note, document.assumed]
        # One that has no number is named.
        texts += [] if "号" in document.number else [document.number]
        for entry in document.entries.values():
            texts += [entry.title, entry.text]
            for part in entry.parts:
                texts += [part.text, part.outside, *(what for _when, what in part.days)]
        yield from (Message(text, f"jineng/policies/{PACK}: {key}") for text in texts if text)


def _of_guides(pack: Pack) -> Iterator[Message]:
    """What may be asked about, and what a certificate brings."""
    place = f"jineng/policies/{PACK}: questions"
    for occasion in read_occasions(pack).all.values():
        yield from (Message(text, place) for text in (occasion.title, occasion.note) if text)
    for one in read_benefits(pack):
        texts = (one.title, one.text, one.note, one.assumed, *one.readings)
        yield from (Message(text, place) for text in texts if text)


def _grounds(scheme: Scheme) -> Iterator[str | None]:
    """What a scheme assumes where the documents are silent, and how else they can be read."""
    for condition in scheme.conditions:
        yield from (condition.assumed, *condition.readings, condition.note)
    for parameter in scheme.parameters.values():
        yield from (parameter.assumed, *parameter.readings)
        for value in parameter.values:
            yield from (value.assumed, *value.readings)
    due = scheme.amount_due
    yield from (due.assumed, *due.readings) if due else ()
    yield from (scheme.payee_assumed, scheme.fund_assumed, due.title if due else None)


def catalogue() -> Catalog:
    """The English catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", domain="django")


def update() -> None:
    """Puts what is new into the catalogue, without English yet, and takes out what is gone."""
    known = catalogue() if CATALOGUE.exists() else Catalog(locale="en")
    fresh = Catalog(locale="en", domain="django")
    for one in messages():
        context = one.context or None
        before = known.get(one.id, context)
        fresh.add(one.id, before.string if before else None, context=context)
        place = (one.place.partition(":")[0], 0)
        said = fresh.get(one.id, context)
        if said and place not in said.locations:
            said.locations.append(place)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, fresh, width=100, sort_output=True, omit_header=True, include_lineno=False)
    CATALOGUE.write_bytes(HEADER.encode() + written.getvalue())


HEADER = """\
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def compile_catalogues() -> None:
    """Makes what Django reads: the English, and the Chinese of what Django itself says."""
    for source in sorted((SOURCE / "locale").rglob("*.po")):
        made = io.BytesIO()
        with source.open("rb") as file:
            write_mo(made, read_po(file, domain="django"))
        beside = source.with_suffix(".new")
        beside.write_bytes(made.getvalue())
        beside.replace(source.with_suffix(".mo"))


def main() -> int:
    """Does what is asked for; the exit status."""
    what = sys.argv[1:]
    if what == ["update"]:
        update()
        empty = sorted(str(one.id) for one in catalogue() if one.id and not any(strings(one)))
        sys.stdout.write("".join(f"no English yet: {text}\n" for text in empty))
    elif what != ["compile"]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    compile_catalogues()
    return 0


def strings(one: BabelMessage) -> tuple[str, ...]:
    """The English of a message: one text, or that of one and that of several."""
    said = one.string if isinstance(one.string, list | tuple) else [one.string]
    return tuple(text or "" for text in said)


if __name__ == "__main__":
    sys.exit(main())
