"""Sentences that move files between the run and its pages, and that read and write spreadsheets."""

STEP_MODULES = (
    "cometa_websteps.files.transfers",
    "cometa_websteps.files.cells",
    "cometa_websteps.files.ranges",
    "cometa_websteps.files.records",
)
"""The modules that hold the sentences, in the order of the reference."""
