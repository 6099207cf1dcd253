"""Habits of the project, held by tests."""
