"""``python -m cometa_core.cli``: the command ``cometa`` for processes that start each other."""

from cometa_core.cli.main import main

main()
