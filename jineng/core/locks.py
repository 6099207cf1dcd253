"""Numbers of the locks that processes hold one at a time (PostgreSQL's advisory locks)."""

SEALING = 0x6A6E5EA1
ROTATION = 0x6A6E5EA2
RECORDS = 0x6A6E5EA3
ENACTING = 0x6A6E5EA4
