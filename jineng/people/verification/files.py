"""A register that hands over a file: a CSV with a number and a name on each line."""

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jineng.people import values
from jineng.people.verification import Answer, Question, Reply, unavailable
from jineng.policy import identity

#: The headings of number and name, and what a question calls them.
HEADINGS = {
    "identity": {"identity_number": "身份证号", "name": "姓名"},
    "organisation": {"credit_code": "统一社会信用代码", "name": "单位名称"},
}


@dataclass(frozen=True)
class FileRegister:
    """Reads the file at each question, so that a new one put in its place counts at once."""

    path: Path
    subject: str

    @classmethod
    def at(cls, address: str, subject: str) -> "FileRegister":
        """From an address such as file:/srv/register.csv."""
        return cls(Path(unquote(urlsplit(address).path)), subject)

    def ask(self, question: Question) -> Reply:
        """Compares with the lines of this number: one that agrees confirms."""
        number_name, _name = HEADINGS[self.subject]
        try:
            names = self._names(number_name, question.told[number_name])
        except (OSError, UnicodeError, csv.Error, KeyError) as wrong:
            return unavailable(f"file: {type(wrong).__name__}")
        if not names:
            return Reply(Answer.NOT_FOUND)
        if values.bare(question.told["name"]) in names:
            return Reply(Answer.CONFIRMED)
        return Reply(Answer.MISMATCH, differing=("name",))

    def _names(self, number_name: str, number: str) -> set[str]:
        """The names on all lines of this number. Raises KeyError where a heading is missing."""
        headings = HEADINGS[self.subject]
        with self.path.open(encoding=self._encoding(), newline="") as file:
            lines = csv.reader(file)
            first = [values.bare(cell) for cell in next(lines, [])]
            places = {}
            for name, heading in headings.items():
                if heading not in first:
                    raise KeyError(heading)
                places[name] = first.index(heading)
            last = max(places.values())
            return {
                values.bare(line[places["name"]])
                for line in lines
                if len(line) > last and self._canonical(line[places[number_name]]) == number
            }

    def _canonical(self, text: str) -> str:
        number = values.bare(text).upper()
        if self.subject == "identity" and identity.looks_like_one(number):
            return identity.canonical(number)
        return number

    def _encoding(self) -> str:
        """UTF-8, or what spreadsheet programs write in China."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        with self.path.open("rb") as file:
            try:
                while piece := file.read(1 << 20):
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return "gb18030"
        return "utf-8-sig"
