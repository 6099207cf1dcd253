"""``python -m jineng.cli``."""

from jineng.cli import main

main()
