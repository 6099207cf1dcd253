"""Several small questions, asked of the database in one statement."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Row = dict[str, Any]


def statement_for(questions: Mapping[str, "QuerySet[Any, Any]"]) -> str:
    """The statement for questions that are each a queryset of `values()`; names are ours.

    To make it takes longer than to ask it, so it is worth keeping where it stays the same.
    """
    parts: list[str] = []
    params: list[Any] = []
    for name, rows in questions.items():
        with suppress(EmptyResultSet):
            sql, given = rows.query.sql_with_params()
            parts.append(f"SELECT '{name}', to_jsonb(q) FROM ({sql}) AS q")  # noqa: S608
            params.extend(given)
    with connection.cursor() as cursor:
        return str(cursor.mogrify(" UNION ALL ".join(parts), params)) if parts else ""


def answers_to(statement: str) -> dict[str, list[Row]]:
    """The rows for each question that has any, as JSON holds them: moments are texts."""
    answers: dict[str, list[Row]] = {}
    if statement:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for name, row in cursor:
                answers.setdefault(name, []).append(json.loads(row))
    return answers
