"""Files of registers as columns: CSV (gzip too), Parquet and XLSX, up to tens of millions of lines.

A column is its distinct values and, for each line, the place of its value. So what a file says many
times is looked at once, and a province's insurance records fit into memory.
"""

from jineng.people.tables.columns import Checked, Column, Heading, Problem, Progress, Table, Told
from jineng.people.tables.reading import read

__all__ = ["Checked", "Column", "Heading", "Problem", "Progress", "Table", "Told", "read"]
