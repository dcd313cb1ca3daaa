"""Pictures of visible steps, and their bytes in the form that is wanted."""

import logging
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from cometa_core.errors import NotFound
from cometa_core.scope import Scope
from cometa_executions.api import Artifact, artifact_of_step, drop_picture, visible_step_result
from cometa_screenshots.cache import PictureCache
from cometa_screenshots.forms import Form, encoded, possible_form
from cometa_screenshots.names import SUFFIXES, read_name, write_name

logger = logging.getLogger(__name__)

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Delivery:
    """A picture in one form.

    Attributes:
        content: its bytes.
        form: form that was possible.
        digest: SHA-256 of the stored picture in hexadecimal.
    """

    content: bytes
    form: Form
    digest: str


def prefix_of(scope: Scope) -> str:
    """Return the configured prefix of names."""
    return scope.runtime.settings.text("cometa.screenshot.prefix")


def picture_names(scope: Scope, step_result_id: int) -> list[str]:
    """Return the names of the pictures that a visible step has, in the order current, style, difference.

    Raises:
        NotFound: the step is unknown or not visible.

    Contract: R-157.
    """
    row = visible_step_result(scope, step_result_id)
    roles = {artifact.role for artifact in row.artifacts}
    prefix = prefix_of(scope)
    return [write_name(prefix, row.id, role) for role in SUFFIXES.values() if role in roles]


def picture(scope: Scope, name: str) -> Artifact:
    """Return the artifact behind a name.

    Raises:
        NotFound: not a name, no such picture, or its step is not visible; no file is touched.

    Contract: R-160.
    """
    found = read_name(prefix_of(scope), name)
    if found is None:
        raise NotFound
    row = visible_step_result(scope, found.step_result_id)
    artifact = artifact_of_step(scope.session, row.id, found.role)
    if artifact is None:
        raise NotFound
    return artifact


def remove_picture(scope: Scope, name: str) -> str:
    """Take a picture from its step row, whose fields that named it become empty; returns the name.

    Raises:
        NotFound: not a name, no such picture, or its step is not visible.

    Contract: R-162.
    """
    artifact = picture(scope, name)
    row = visible_step_result(scope, artifact.step_result_id or 0)
    drop_picture(scope, row, artifact.role)
    return name


def deliver(scope: Scope, artifact: Artifact, form: Form) -> Delivery:
    """Read a picture in a form.

    A picture that cannot be derived (damaged, or larger than Pillow accepts) is given as it is stored.

    Args:
        scope: unit of work; gives store and cache.
        artifact: stored PNG.
        form: wanted form; a picture too tall for WebP becomes JPEG.

    Raises:
        NotFound: the store does not have the file.
    """
    if form is not Form.PNG:
        try:
            return _derived(scope, artifact, form)
        except (OSError, Image.DecompressionBombError):
            logger.warning("Artifact %d cannot be given as %s", artifact.id, form, exc_info=True)
    with _original(scope, artifact) as stream:
        return Delivery(stream.read(), Form.PNG, artifact.sha256)


def _derived(scope: Scope, artifact: Artifact, form: Form) -> Delivery:
    limit = scope.runtime.settings.integer("cometa.screenshot.cache_megabytes") * MEGABYTE
    cache = PictureCache(scope.runtime.locations.data / "derived", limit)
    possible = possible_form((artifact.width or 0, artifact.height or 0), form)
    content = cache.read(artifact.sha256, possible.suffix)
    if content is None:
        with _original(scope, artifact) as stream, Image.open(stream) as opened:
            possible = possible_form(opened.size, form)
            content = encoded(opened, possible)
        cache.write(artifact.sha256, possible.suffix, content)
    return Delivery(content, possible, artifact.sha256)


def _original(scope: Scope, artifact: Artifact) -> BinaryIO:
    return scope.runtime.artifacts.open(artifact.department_id, artifact.sha256)
