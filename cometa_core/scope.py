"""One unit of work: a session, who is acting, and what happens after the commit."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from cometa_core.contracts.identity import Identity
from cometa_core.errors import Unauthenticated

if TYPE_CHECKING:
    from cometa_core.runtime import Runtime

logger = logging.getLogger(__name__)

Action = Callable[[], object]


@dataclass
class Scope:
    """What services get instead of a request.

    Attributes:
        runtime: settings, plugins, clock, tasks and stores.
        session: session of the one transaction of this unit of work.
        actor: who is acting; None in jobs that nobody ordered.
        schedule: remembers an action for after the commit.
        address: address of the caller, for the audit log; empty where there is none.
        request_id: id of the request; empty in jobs and commands.
    """

    runtime: "Runtime"
    session: Session
    actor: Identity | None = None
    schedule: Callable[[Action], None] = field(default=lambda _action: None)
    address: str = ""
    request_id: str = ""

    @property
    def identity(self) -> Identity:
        """Return who is acting.

        Raises:
            Unauthenticated: nobody is.
        """
        if self.actor is None:
            raise Unauthenticated("This needs an identity.")
        return self.actor

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.runtime.clock.now()

    def after_commit(self, action: Action) -> None:
        """Do something once the transaction is committed; never when it is rolled back.

        An action that raises is logged; the others still happen.
        """
        self.schedule(lambda: guarded(action))


def guarded(action: Action) -> None:
    """Run an action after the commit so that its failure changes nothing for anybody."""
    try:
        action()
    except Exception:  # the transaction is committed: whatever happens now must not look like a failure of it
        logger.exception("An action after the commit failed")


@contextmanager
def unit_of_work(runtime: "Runtime", actor: Identity | None = None) -> Iterator[Scope]:
    """Open a scope with a transaction of its own, for workers and commands.

    The transaction is committed at the end and rolled back by an exception; actions follow the commit.
    """
    actions: list[Action] = []
    with runtime.sessions() as session, session.begin():
        yield Scope(runtime, session, actor, actions.append)
    for action in actions:
        action()
