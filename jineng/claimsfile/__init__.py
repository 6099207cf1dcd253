"""The claims file: read, checked, marked and written as CSV, XLSX and Parquet. No Django.

from jineng import claimsfile

file = claimsfile.read("申请.xlsx")
for problem in file.intake.problems:
    print(file.told(problem))
"""

from jineng.claimsfile.errors import FileError
from jineng.claimsfile.reading import CellProblem, ClaimsFile, read

__all__ = ["CellProblem", "ClaimsFile", "FileError", "read"]
