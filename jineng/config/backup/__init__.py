"""Backup and restore: database, uploaded files, seals and, sealed by a passphrase, the keys.

A backup is one tar file. `database.dump` in it is an ordinary archive of pg_dump, which pg_restore
reads without any of this. `manifest.json` comes last: for each table its rows and a SHA-256 over
them, taken in the very snapshot that was dumped; for each file its SHA-256; the rights of the
application's role; which keys were in use. What is restored is compared with it, table by table.
"""


class Refused(Exception):
    """Why it can't be done, for whoever asked."""
