"""How sentences find elements: one script call for each poll, whatever the number of strategies.

Contract: runner section E.
"""

from cometa_runner.selectors.acting import NotYet
from cometa_runner.selectors.elements import Elements
from cometa_runner.selectors.look import Look
from cometa_runner.selectors.polling import poll_page, run_script, step_failure
from cometa_runner.selectors.resolution import Facts, Place, Resolution
from cometa_runner.selectors.states import OFFERED_STATES
from cometa_runner.selectors.syntax import Query, buttons, parse

__all__ = [
    "OFFERED_STATES",
    "Elements",
    "Facts",
    "Look",
    "NotYet",
    "Place",
    "Query",
    "Resolution",
    "buttons",
    "parse",
    "poll_page",
    "run_script",
    "step_failure",
]
