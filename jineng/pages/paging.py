"""A page of many rows in some order: found, counted and put in order at one go.

Left to choose, the database would rather walk all rows in the order asked for until it has met a
page of those that are wanted. Where these are few, or all at the other end, as those called 王 are,
it walks through a province. So what is wanted is found first, to a limit, and then put in order.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def found_in_order(
    rows: "QuerySet[M]",
    by: Sequence[str],
    *,
    page: int = 1,
    size: int,
    most: int,
    walked: bool = False,
) -> tuple[int, list[Any]]:
    """How many rows there are, counted to one more than `most`; and the keys of a page of them.

    ``by``: what they are ordered by, columns with "-" before those that go down. Where there are
    more than `most`, the page is of so many of them, and not of all. A page after the last is the
    last. ``walked``: so many are wanted that a walk in order soon meets them, and finds the first.
    """
    names = list(dict.fromkeys(one.removeprefix("-") for one in by))
    columns = [name for name in names if name != "pk"]
    wanted = rows.order_by(*by if walked else ()).values_list("pk", *columns)[: most + 1]
    try:
        sql, given = wanted.query.sql_with_params()
    except EmptyResultSet:
        return 0, []
    place = {name: f"c{number}" for number, name in enumerate(columns)} | {"pk": "pk"}
    down = {True: " DESC", False: ""}
    order = [f"{place[one.removeprefix('-')]}{down[one.startswith('-')]}" for one in by]
    whole = f"""
        WITH found ({", ".join(["pk", *(place[name] for name in columns)])})
                AS MATERIALIZED ({sql}),
            counted AS (SELECT count(*) AS n FROM found),
            first AS (SELECT least(%s, greatest(0, (least(n, %s) - 1) / %s * %s)) FROM counted)
        SELECT n, ARRAY(
            SELECT pk FROM found ORDER BY {", ".join(order) or "pk"}
            LIMIT %s OFFSET (TABLE first)
        ) FROM counted
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(whole, [*given, (page - 1) * size, most, size, size, size])
        count, keys = cursor.fetchone()
    return int(count), list(keys)


def in_this_order(rows: "QuerySet[M]", keys: Sequence[Any]) -> list[M]:
    """The rows with these keys, in this order; what they were found by isn't asked again."""
    plain = rows.order_by()
    plain.query.clear_where()
    known = {one.pk: one for one in plain.filter(pk__in=keys)} if keys else {}
    return [known[key] for key in keys if key in known]
