"""The province as it is made up, before any of it is in a database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jineng.demo import groups
from jineng.demo.bodies import KNOWN, Bodies, Held, bodies, qualifications, table
from jineng.demo.cast import SEATS
from jineng.demo.groups import Belonging, List
from jineng.demo.persons import Persons, most_persons, persons
from jineng.demo.work import Jobs, employment, insurance, jobs

#: An enterprise for so many persons.
PERSONS_OF_AN_ENTERPRISE = 66


@dataclass(frozen=True)
class Province:
    """Everybody and everything; its tables are the files that the registers take in."""

    seed: int
    bodies: Bodies
    people: Persons
    work: Jobs
    belongings: dict[str, Belonging]

    def rng(self, *words: int) -> np.random.Generator:
        """What is drawn for one purpose, whatever was drawn before for others."""
        return np.random.default_rng([self.seed, *words])

    def organisations(self) -> pa.Table:
        """Institutions, evaluation bodies, platforms and enterprises; departments are not."""
        return table([*self.bodies.trainers, *self.bodies.enterprises])

    def persons(self, first: int, last: int) -> pa.Table:
        """Those from one place up to another, but for students of pilot schools."""
        others = np.ones(len(self.people), dtype=bool)
        others[self.belongings["student"].person] = False
        return self.people.table(np.flatnonzero(others)[first:last])

    def _students(self) -> pa.Table:
        return self.people.table(np.sort(self.belongings["student"].person))

    def lists(self) -> Iterator[tuple[List, pa.Table]]:
        """The departments' lists of groups."""
        for at, one in enumerate(groups.LISTS):
            listed = groups.table(one, self.belongings, self.people, self.rng(4, at))
            if one.department == "education":
                # Whom no other department reaches is registered by this one.
                known = self._students()
                for name in listed.column_names[2:]:
                    known = known.append_column(name, listed[name])
                listed = known
            yield one, listed

    def insurance(self, first: int, last: int) -> pa.Table:
        """What was paid for these persons."""
        return insurance(self.work.of(first, last), self.people, self.bodies)

    def employment(self, first: int, last: int) -> pa.Table:
        """What is registered of where they worked."""
        those = self.work.of(first, last)
        return employment(those, self.people, self.bodies, self.rng(5, first))

    def qualifications(self) -> list[Held]:
        """What the trainers hold."""
        return list(qualifications(self.bodies.trainers, self.rng(6)))

    def digest(self) -> str:
        """A hash over all of it: the same seed gives the same province, in whichever process."""
        total = hashlib.sha256()
        count = len(self.people)
        tables = [self.organisations(), self.persons(0, count), self.insurance(0, count)]
        tables += [self.employment(0, count), *(listed for _list, listed in self.lists())]
        for one in tables:
            for name in one.column_names:
                for cell in one[name].to_pylist():
                    total.update(f"{cell}\n".encode())
        total.update(repr(self.qualifications()).encode())
        return total.hexdigest()


def province(count: int, seed: int) -> Province:
    """A province of so many persons. Raises ValueError for fewer than are told of, or too many."""
    fixed = [seat.person for seat in SEATS]
    if not 2 * len(fixed) <= count <= most_persons():
        raise ValueError(f"{2 * len(fixed)} … {most_persons()} persons")
    enterprises = max(len(KNOWN) + 14, count // PERSONS_OF_AN_ENTERPRISE)
    # A stream of its own for each: more of the one changes nothing of the other.
    of = [np.random.default_rng([seed, purpose]) for purpose in range(4)]
    found = bodies(enterprises, of[0])
    people = persons(count, fixed, of[1])
    work = jobs(people, found, fixed, of[2])
    return Province(seed, found, people, work, groups.belongings(people, work, fixed, of[3]))
