"""Mail: addresses, texts, pictures and handing over to the mail server.  Contract: runner L."""
