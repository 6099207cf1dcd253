"""Writes, as verbs: keyword-only, with who and when passed in, each in one transaction."""
