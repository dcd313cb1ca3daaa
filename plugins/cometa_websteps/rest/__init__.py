"""Sentences that call REST interfaces and look at what they answer."""

STEP_MODULES = (
    "cometa_websteps.rest.requests",
    "cometa_websteps.rest.responses",
)
"""The modules that hold the sentences, in the order of the reference."""
