"""Reads, as nouns."""
