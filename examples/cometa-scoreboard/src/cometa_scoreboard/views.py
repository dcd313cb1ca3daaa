"""Routes of the scoreboard: permission, checked input, a service, an answer."""

from cometa_core.web.dialect import Created, Page
from cometa_core.web.paging import Paging, paged
from cometa_core.web.request import Request
from cometa_core.web.service import Service

from cometa_scoreboard.models import Score
from cometa_scoreboard.schemas import PointsIn, ScoreOut
from cometa_scoreboard.services import award, visible_scores

scoreboard = Service("scoreboard", "/api/scoreboard/", description="Points of players.", tag="Scoreboard")


def present(score: Score) -> ScoreOut:
    """Present a row."""
    return ScoreOut(
        player=score.player, points=score.points, department_id=score.department_id, updated_on=score.updated_at
    )


@scoreboard.get(permission="view_scoreboard", query=Paging, answer=list[ScoreOut])
def list_scores(request: Request) -> Page:
    """List players by points, best first."""
    rows = paged(request.scope.session, visible_scores(request.scope), request.query_model)
    return Page([present(score) for score in rows.items], rows.total)


@scoreboard.post(permission="edit_scoreboard", body=PointsIn, answer=ScoreOut, status=201)
def add_score(request: Request) -> Created:
    """Add points to a player."""
    body: PointsIn = request.body_model
    return Created(present(award(request.scope, body.department_id, body.player, body.points)))
