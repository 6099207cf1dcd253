"""Rules that nothing names are left out of Tabler's style sheet, and no others."""

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

CSS = """/*! a licence */
@charset "UTF-8";
:root { --ground: url("data:image/svg+xml;x{.gone}"); }
/* a word on .gone */
.kept, .gone { color: red; }
.kept.gone, a.gone:hover { color: blue; }
.kept:not(.gone):focus > p { color: green; }
@media (min-width: 1px) { .gone { top: 0 } .kept-too { top: 1px } }
@media print { .gone { top: 0 } }
@keyframes turn { from { top: 0 } to { top: 1px } }
[data-mark=".x"] p { left: 0 }
"""


def pruned(css: str, *words: str) -> str:
    script = (
        'import { pruned } from "./frontend/prune.mjs";'
        f"process.stdout.write(pruned({json.dumps(css)}, new Set({json.dumps(words)})));"
    )
    done = subprocess.run(
        [sys.executable, "tools/node.py", "--input-type=module", "-e", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_only_what_is_named_stays() -> None:
    left = pruned(CSS, "kept", "kept-too", "x")
    assert left.startswith("/*! a licence */")
    assert '@charset "UTF-8";' in left
    assert 'url("data:image/svg+xml;x{.gone}")' in left
    assert ".kept{ color: red; }" in left
    assert "blue" not in left
    assert ".kept:not(.gone):focus > p" in left
    assert ".kept-too{ top: 1px }" in left
    assert "@media print" not in left
    assert "@keyframes turn" in left
    assert '[data-mark=".x"] p' in left
    assert left.count(".gone") == 2  # in a text and in :not()


def test_a_block_that_is_never_closed_is_told() -> None:
    with pytest.raises(subprocess.CalledProcessError) as problem:
        pruned(".kept { color: red", "kept")
    assert "a block is never closed: .kept" in problem.value.stderr
