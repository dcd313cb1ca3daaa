"""Sentences that ask and change databases."""

STEP_MODULES = ("cometa_websteps.database.sentences",)
"""The modules that hold the sentences."""
