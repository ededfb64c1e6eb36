"""Tables that people send (CSV, TSV, XLSX, XLS), row by row, with what was changed and refused."""

from region.formats.tables.model import Limits, Row, Table
from region.formats.tables.reading import read_table
from region.formats.tables.writing import write_csv, write_xlsx

__all__ = ["Limits", "Row", "Table", "read_table", "write_csv", "write_xlsx"]
