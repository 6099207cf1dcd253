"""What is too long to be read at once is two things."""

import ast

from tests.architecture.tree import files, modules, name

LINES_OF_A_FILE = 500
LINES_OF_A_FUNCTION = 60
LINES_OF_CORE = 2000
CODE = {".py", ".ts", ".mjs", ".css", ".html"}


def test_no_file_is_too_long() -> None:
    long = {
        name(path): lines
        for path in files()
        # Migrations are generated, and read by a machine.
        if path.suffix in CODE
        and path.parent.name != "migrations"
        and (lines := path.read_text().count("\n")) > LINES_OF_A_FILE
    }
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LINES_OF_A_FUNCTION:
                    long[f"{name(path)} {node.name}"] = lines
    assert long == {}


def test_core_stays_small() -> None:
    lines = sum(
        path.read_text().count("\n") for path in modules() if name(path).startswith("jineng/core/")
    )
    assert 0 < lines <= LINES_OF_CORE
