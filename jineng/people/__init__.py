"""Persons, organisations and users; for now the user alone."""
