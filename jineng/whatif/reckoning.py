"""What the worker does for a trial: decides the batch's claims both ways, keeps what it comes to.

May be broken off and run again. It decides nothing: no decision is written, and the release of a
pack under a draft says that it is one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from django.utils import timezone
from django.utils.translation import gettext_noop

from jineng.claims.decided import facts_of
from jineng.claims.files import BatchFiles
from jineng.claims.models import Run
from jineng.claims.runs import Report
from jineng.claimsfile import FileError
from jineng.desk.queries.in_force import pack_in_force
from jineng.policy import DraftError, draft_of, whatif
from jineng.whatif.models import Trial
from jineng.whatif.sums import kept

#: What the steps after judging take, beside judging all lines once.
_AFTERWARDS = 0.5


def reckoned(run: Run, report: Report) -> dict[str, str]:
    """Tries a draft on a batch. Raises runs.Stopped, and FileError that says why it can't be."""
    trial = Trial.objects.get(run=run)
    pack = pack_in_force()
    facts, history = facts_of(run.batch)
    try:
        drafted = pack.with_draft(draft_of(trial.text, trial.title))
    except DraftError:
        raise FileError(
            gettext_noop("对照现行政策，这份草案已不能使用"),
            gettext_noop("请打开草案，按列出的原因改正后再试算"),
        ) from None
    lines = facts.table.num_rows
    total = round(lines * (2 + _AFTERWARDS))
    begins = {"before": 0, "after": lines, "across": 2 * lines, "sums": 2 * lines}

    def told(step: str, done: int, _of: int) -> None:
        report(begins[step] + done, total)

    report(0, total)
    result = whatif(pack, drafted, facts, history, budgets=trial.budgets, progress=told)
    files = BatchFiles(run.batch_id)
    rows = files.read_table("facts", ["row"])["row"].to_numpy()[result.places]
    table = result.lines.append_column("row", pa.array(rows, pa.int64()))
    files.write_table(run.file, table)
    report(total, total)
    sums = kept(result)
    Trial.objects.filter(pk=trial.pk, run=run).update(
        sums=sums,
        lines=lines,
        changed=int(np.int64(result.lines.num_rows)),
        difference_fen=sums["total"]["difference_fen"],
        release=result.release,
        finished_at=timezone.now(),
    )
    return {}
