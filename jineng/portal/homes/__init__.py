"""Homes: what waits for somebody, what somebody waits for, what happened, what is done most.

Composed of what the contexts' queries say; how it looks is in the templates beside.
"""
