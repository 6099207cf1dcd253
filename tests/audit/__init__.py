"""Tests of the context `audit`."""
