"""What the screenshots plugin adds."""

import re
from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.artifacts import ArtifactReferences
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import Permission
from cometa_core.contracts.pictures import PictureComparer
from cometa_core.settings import Setting, as_boolean, as_integer
from cometa_executions.api import offer_templates
from cometa_screenshots import models
from cometa_screenshots.services.keeping_objects import find_baselines
from cometa_screenshots.services.templates import TemplatesOfSteps

PLUGIN = PluginInfo("screenshots", "Pictures of steps", requires=("features", "executions"))
ENGINES = ("blazediff", "pillow")
REACTIONS = ("report", "fail")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how much room derived pictures take."""
    return [
        Setting(
            "cometa.screenshot.cache_megabytes",
            1000,
            "Room for WebP and JPEG forms of pictures in the data folder.",
            as_integer,
        ),
        Setting("cometa.visual.engine", "blazediff", "What compares pictures: blazediff or pillow.", as_engine),
        Setting("cometa.visual.tolerance", 0.1, "Distance of colours that is none, from 0 to 1.", as_share),
        Setting(
            "cometa.visual.max_diff", None, "Differing pixels that are allowed, or a share such as 0.1%.", as_limit
        ),
        Setting(
            "cometa.visual.auto_accept_first",
            True,
            "Let the first picture be the baseline; else somebody has to approve it.",
            as_boolean,
        ),
        Setting(
            "cometa.visual.on_error",
            "report",
            "What becomes of a step whose comparison is impossible: report or fail.",
            as_reaction,
        ),
    ]


def as_engine(text: str) -> str:
    """Read the name of an engine."""
    if text.strip() not in ENGINES:
        raise ValueError(f"expected {' or '.join(ENGINES)}")
    return text.strip()


def as_reaction(text: str) -> str:
    """Read what follows from an impossible comparison.  Contract: runner F.4."""
    if text.strip() not in REACTIONS:
        raise ValueError(f"expected {' or '.join(REACTIONS)}")
    return text.strip()


def as_share(text: str) -> float:
    """Read a number from 0 to 1."""
    if not re.fullmatch(r"0|1|0?\.[0-9]{1,6}|1\.0+", text.strip()):
        raise ValueError("expected a number from 0 to 1")
    return float(text)


def as_limit(text: str) -> str:
    """Read a number of pixels or a share of the picture.  Contract: runner F.5."""
    if not re.fullmatch(r"[0-9]{1,9}|[0-9]{1,2}(\.[0-9]{1,4})?%", text.strip()):
        raise ValueError("expected a number of pixels, or a share such as 0.1%")
    return text.strip()


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flag of removing pictures.  Contract: rest-api A3.1."""
    return [Permission("remove_screenshot", "Remove pictures.", ("SUPERUSER",))]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("screenshots", "cometa_screenshots:migrations", ("screenshots_",))


@hookimpl
def cometa_artifact_references() -> Iterable[ArtifactReferences]:
    """Protect the pictures of baselines, superseded ones too."""
    return [ArtifactReferences("screenshots.baselines", find_baselines)]


@hookimpl
def cometa_picture_comparers() -> Iterable[PictureComparer]:
    """Compare the pictures of runs with baselines."""
    from cometa_screenshots.services.comparing import BaselineComparer  # noqa: PLC0415 - workers alone load the engine

    return [BaselineComparer()]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes, and let step results name their templates."""
    offer_templates(config.registry["cometa.runtime"], TemplatesOfSteps())
    config.scan("cometa_screenshots.views")
