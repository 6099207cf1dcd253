"""The claims file: read, checked, marked and written as CSV, XLSX and Parquet. No Django.

from jineng import claimsfile

file = claimsfile.read("申请.xlsx")
for problem in file.intake.problems:
    print(file.told(problem))
"""

from jineng.claimsfile.casesfile import (
    CasesFile,
    read_cases,
    write_cases_template,
    write_marked_cases,
)
from jineng.claimsfile.decisions import write_decisions
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.impact import write_impact
from jineng.claimsfile.marked import write_marked
from jineng.claimsfile.progress import Progress
from jineng.claimsfile.reading import CellProblem, ClaimsFile, read
from jineng.claimsfile.template import write_template

__all__ = [
    "CasesFile",
    "CellProblem",
    "ClaimsFile",
    "FileError",
    "Progress",
    "read",
    "read_cases",
    "write_cases_template",
    "write_decisions",
    "write_impact",
    "write_marked",
    "write_marked_cases",
    "write_template",
]
