"""What pages are told, whoever shows it: lists, what waits and by when, notices, where to search.

Plain data and reading of addresses; how it looks is the portal's. No business noun, no table.
"""
