"""``python -m symfisher`` is the command line."""

from symfisher.cli import main

main()
