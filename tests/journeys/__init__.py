"""Whole stories, told in a real browser on the running site."""
