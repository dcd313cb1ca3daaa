"""Files and videos of results.  Contract: rest-api A4.5, A6.19; runner I.1."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from sqlalchemy import ColumnClause, and_, literal_column, or_, select
from sqlalchemy.orm import Session

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.models import Artifact, Result
from cometa_executions.services.reading import visible_result, visible_results

FILE_ROLES = ("download", "attachment")
COMPARED_ROLES = ("style", "difference")
VIDEO: ColumnClause[str] = literal_column("'video'")
"""Written into the statement: the index of videos serves no parameter."""


@dataclass
class ResultFiles:
    """Stored files of the last attempt of a result.

    Attributes:
        names: what /download/ serves, each name once.
        video_url: path of the video; empty without one.
        compared: roles ``style`` and ``difference``, as far as the step whose picture the result shows has them.
    """

    names: list[str] = field(default_factory=list)
    video_url: str = ""
    compared: set[str] = field(default_factory=set)


def files_of(session: Session, results: Sequence[Result]) -> dict[int, ResultFiles]:
    """Find the files of a list of results with one query."""
    found: dict[int, ResultFiles] = defaultdict(ResultFiles)
    query = (
        select(Artifact.result_id, Artifact.role, Artifact.name)
        .join(Result, and_(Result.id == Artifact.result_id, Result.attempt == Artifact.attempt))
        .where(
            Artifact.result_id.in_([result.id for result in results]),
            or_(
                Artifact.role.in_([*FILE_ROLES, "video"]),
                and_(Artifact.role.in_(COMPARED_ROLES), Artifact.step_result_id == Result.picture_step_id),
            ),
        )
        .order_by(Artifact.id)
    )
    for result_id, role, name in session.execute(query) if results else ():
        files = found[result_id]
        if role == "video":
            files.video_url = f"/videos/{quote(name, safe='')}"
        elif role in COMPARED_ROLES:
            files.compared.add(role)
        elif name not in files.names:
            files.names.append(name)
    return dict(found)


def file_of_result(scope: Scope, result_id: int, name: str) -> Artifact:
    """Return a file of a visible result by its name, which is compared and never made a path.

    Raises:
        NotFound: the result is unknown or not visible, or it has no such file.
    """
    result = visible_result(scope, result_id)
    query = (
        select(Artifact)
        .where(
            Artifact.result_id == result.id,
            Artifact.attempt == result.attempt,
            Artifact.role.in_(FILE_ROLES),
            Artifact.name == name,
        )
        .order_by(Artifact.id.desc())
        .limit(1)
    )
    found = scope.session.scalars(query).first()
    if found is None:
        raise NotFound("The result has no such file.")
    return found


def video(scope: Scope, name: str) -> Artifact:
    """Return the newest video with a name among the visible results.

    Raises:
        NotFound: there is none.
    """
    query = (
        visible_results(scope)
        .join(Artifact, Artifact.result_id == Result.id)
        .where(Artifact.role == VIDEO, Artifact.name == name)
        .with_only_columns(Artifact)
        .order_by(Artifact.id.desc())
        .limit(1)
    )
    found = scope.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such video, or it is not visible to you.")
    return found
