"""Mail and webhooks: who is told when results end, and mail that steps send or wait for."""
