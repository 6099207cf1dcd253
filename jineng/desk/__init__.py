"""The policy desk: what is in force, and what could be."""
