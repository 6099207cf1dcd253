"""Tests of the context `whatif`."""
