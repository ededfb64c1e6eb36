"""Sheets of paper: plain values in, a PDF out; black on white, A4, with fonts of our own and none of the machine's."""
