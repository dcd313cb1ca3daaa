"""Runs: accepting them, compiling their plan, their state machine, results and step results."""
