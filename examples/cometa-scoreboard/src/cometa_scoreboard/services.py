"""The rules of the scoreboard: functions over a unit of work; they know nothing of HTTP."""

from cometa_core.errors import Invalid
from cometa_core.scope import Scope
from cometa_core.security.visibility import in_own_departments
from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from cometa_scoreboard.models import Score


def visible_scores(scope: Scope) -> Select[Score]:
    """Select the scores of the caller's departments, best first; the order is total, so that pages never overlap."""
    own = in_own_departments(Score.department_id, scope.identity)
    return select(Score).where(own).order_by(Score.points.desc(), Score.id)


def award(scope: Scope, department_id: int, player: str, points: int) -> Score:
    """Add points in the name of the caller.

    Args:
        scope: unit of work of the caller.
        department_id: department of the player.
        player: name, unique in the department.
        points: points to add.

    Raises:
        Invalid: the caller is no member of the department; whether it exists is not told.
    """
    if not scope.identity.sees_department(department_id):
        raise Invalid.field("department_id", f"you are not a member of a department {department_id}")
    return add_points(scope, department_id, player, points)


def add_points(scope: Scope, department_id: int, player: str, points: int) -> Score:
    """Add points to a player, who gets a row with the first ones.

    The sum is made by the database, so points of two processes at the same time are both counted.
    """
    session = scope.session
    mine = (Score.department_id == department_id, Score.player == player)
    adding = update(Score).where(*mine).values(points=Score.points + points, updated_at=scope.now())
    if not session.scalars(adding.returning(Score.id)).all():
        fresh = Score(department_id=department_id, player=player, points=points, updated_at=scope.now())
        try:
            with session.begin_nested():
                session.add(fresh)
        except IntegrityError:
            # Another process made the row since we looked for it.
            session.execute(adding)
    return session.scalars(select(Score).where(*mine).execution_options(populate_existing=True)).one()
