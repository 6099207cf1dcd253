"""Auditors' ground: the event log verified against its seals, and the state of the chain."""
