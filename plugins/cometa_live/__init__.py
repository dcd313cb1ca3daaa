"""Live events: a websocket server over the event log, and ``cometa watch``."""
