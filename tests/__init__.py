"""Tests mirror the contexts; what many of them stand on is in `conftest.py` and `stand.py`."""
