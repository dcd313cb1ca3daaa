"""Sentences that send mail and wait for mail."""

STEP_MODULES = (
    "cometa_websteps.mail.sending",
    "cometa_websteps.mail.waiting",
)
"""The modules that hold the sentences, in the order of the reference."""
