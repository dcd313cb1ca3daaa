"""What other plugins may use of the worker."""

from cometa_worker.egress import egress_policy

__all__ = ["egress_policy"]
