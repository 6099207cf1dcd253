"""What pages are told, whoever shows it: lists, files of them, what waits, where to search.

Plain data and reading of addresses; how it looks is the portal's. No business noun, no table.
"""
