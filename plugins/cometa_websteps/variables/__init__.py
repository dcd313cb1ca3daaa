"""Sentences that keep values, make them, work with them and check them."""

STEP_MODULES = (
    "cometa_websteps.variables.checks",
    "cometa_websteps.variables.reading",
    "cometa_websteps.variables.remembering",
    "cometa_websteps.variables.working_out",
    "cometa_websteps.variables.test_data",
    "cometa_websteps.variables.one_time_codes",
)
"""The modules that hold the sentences, in the order of the reference."""
