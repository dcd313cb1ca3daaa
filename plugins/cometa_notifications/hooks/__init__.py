"""Webhooks: message forms, signatures and calls.  Contract: runner L."""
