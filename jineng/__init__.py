"""Jineng (技能): an open platform for government-subsidised vocational training."""

__version__ = "0.1.0"
