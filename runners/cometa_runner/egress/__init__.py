"""Which addresses a run may connect to, and the only way to connect to them.

Knows nothing of steps, the core or a database, so runner, worker and plugins use the same rules::

    policy = EgressPolicy.of(plan.get("egress"))
    with connect(policy, "mail.example", 993, deadline) as stream:  # a socket; raises Denied or Unreachable
        ...
    answer = HttpClient(policy).send(HttpRequest("POST", url, headers, body), deadline, most_redirects=0)

``HttpClient`` is in ``cometa_runner.egress.http``, which loads urllib3; ``deadline`` is the one
of a step, or a ``TimeLimit``.

Contract: runner B.1, X-054.
"""

from cometa_runner.egress.dialing import Bound, TimeLimit, Unreachable, connect, permitted, watched
from cometa_runner.egress.policy import DEFAULT_DENY, Denied, EgressPolicy
from cometa_runner.egress.rules import Rule, read_rule, read_rules

__all__ = [
    "DEFAULT_DENY",
    "Bound",
    "Denied",
    "EgressPolicy",
    "Rule",
    "TimeLimit",
    "Unreachable",
    "connect",
    "permitted",
    "read_rule",
    "read_rules",
    "watched",
]
