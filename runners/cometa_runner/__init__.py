"""The process that executes one result: plan in, events out."""
