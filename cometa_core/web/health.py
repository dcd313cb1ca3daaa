"""Liveness and readiness.  Contract: rest-api A6.18, R-189."""

import logging
from typing import Any

from pydantic import BaseModel

from cometa_core.errors import Unavailable
from cometa_core.security.permission import PUBLIC
from cometa_core.web.request import Request
from cometa_core.web.service import Service

logger = logging.getLogger(__name__)

health = Service("health", "/health/", description="Is the process alive?", tag="Operation")
ready = Service("ready", "/ready/", description="Can requests be served?", tag="Operation")


class Healthy(BaseModel):
    """The process is alive."""

    status: str


class Ready(BaseModel):
    """Everything that requests need answers."""

    status: str
    checks: dict[str, str]


@health.get(permission=PUBLIC, answer=Healthy)
def read_health(_request: Request) -> Healthy:
    """Say that the process is alive; nothing is touched."""
    return Healthy(status="healthy")


@ready.get(permission=PUBLIC, answer=Ready, errors=("not_ready",))
def read_ready(request: Request) -> Ready:
    """Ask database and queue whether they answer."""
    checks = {name: outcome_of(name, check) for name, check in request.registry["cometa.readiness"].items()}
    failed = [name for name, outcome in checks.items() if outcome != "ok"]
    if failed:
        raise Unavailable(f"Not ready: {', '.join(failed)}.", extra={"checks": checks})
    return Ready(status="ready", checks=checks)


def outcome_of(name: str, check: Any) -> str:
    """Run one check; what exactly failed is for the log, not for anybody who asks."""
    try:
        check()
    except Exception:  # drivers raise whatever they like when their server is away
        logger.exception("The check %s failed", name)
        return "failed"
    return "ok"
