"""The command ``cometa``: one module a group of commands."""

import warnings

# Pyramid and Cornice still import pkg_resources; whoever runs a command can do nothing about it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
