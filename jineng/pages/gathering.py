"""Several small questions, asked of the database in one statement."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from jineng.pages.planned import Planned

Row = dict[str, Any]


@dataclass(frozen=True)
class Gathering:
    """Questions as one statement; None where none of them can have an answer."""

    planned: Planned | None
    given: Sequence[Any]

    @classmethod
    def of(cls, questions: Mapping[str, "QuerySet[Any, Any]"]) -> "Gathering":
        """Questions that are each a queryset of `values()`; names are ours.

        To make the statement takes longer than to ask it, so it is worth keeping where it stays
        the same.
        """
        parts: list[str] = []
        params: list[Any] = []
        for name, rows in questions.items():
            with suppress(EmptyResultSet):
                sql, given = rows.query.sql_with_params()
                parts.append(f"SELECT '{name}', to_jsonb(q) FROM ({sql}) AS q")  # noqa: S608
                params.extend(given)
        return cls(*Planned.of(" UNION ALL ".join(parts), params)) if parts else cls(None, ())

    def answers(self) -> dict[str, list[Row]]:
        """The rows for each question that has any, as JSON holds them: moments are texts."""
        answers: dict[str, list[Row]] = {}
        for name, row in self.planned.rows(self.given) if self.planned else ():
            answers.setdefault(name, []).append(json.loads(row))
        return answers
