"""What the executions plugin adds."""

import re
from collections.abc import Iterable
from types import ModuleType

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.artifacts import ArtifactReferences
from cometa_core.contracts.change import ResourceChange
from cometa_core.contracts.metrics import Amount
from cometa_core.contracts.migration import MigrationSource
from cometa_core.contracts.permissions import KeyScope, Permission
from cometa_core.contracts.tasks import Task
from cometa_core.scope import Scope
from cometa_core.security.authentication import Authenticator
from cometa_core.settings import Setting, as_boolean, as_integer, as_seconds
from cometa_executions import models
from cometa_executions.services.amounts import unfinished_results
from cometa_executions.services.removal import refuse_feature_removal
from cometa_executions.services.retention import forget_events_of_feature, make_room_hourly
from cometa_executions.services.retention_objects import find_artifacts
from cometa_executions.token_authenticator import ServiceTokenAuthenticator
from cometa_executions.token_command import token

PLUGIN = PluginInfo("executions", "Runs, results and step results", requires=("accounts", "catalog", "features"))

EVERYBODY = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS")


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare limits of the queue and settings that change what sentences do."""
    return [
        Setting("cometa.exectest_wait_limit", 300.0, "Longest wait of POST /exectest/ in seconds.", as_seconds),
        Setting("cometa.lease_seconds", 30.0, "After how long without a beat a result is lost.", as_seconds),
        Setting("cometa.lost_run", "fail", "What becomes of a lost running result: fail or retry_once.", as_policy),
        Setting("cometa.limit.feature_seconds", 7500.0, "Longest execution of a feature.", as_seconds),
        Setting("cometa.external_lease", 120.0, "Longest silence of a runner that reports over the API.", as_seconds),
        Setting("cometa.queue.max_wait_seconds", 86_400.0, "Longest wait in the queue.", as_seconds),
        Setting("cometa.max_parallel", 0, "Results executed at once on all workers; 0 = no limit.", as_integer),
        Setting("cometa.screenshot.prefix", "AMVARA_", "Prefix of the names of pictures.", as_prefix),
        Setting("cometa.screenshot.on_failure", True, "Take a picture of every failed step.", as_boolean),
        Setting("cometa.step.see", "present", "What `I can see element` means: present or visible.", as_see),
        Setting("cometa.step.settle_seconds", 1.0, "How long an absent thing must stay absent.", as_seconds),
        Setting("cometa.selector.strict", False, "Fail when several visible elements match.", as_boolean),
        Setting("cometa.selector.testid", "data-testid", "Attribute of testid= selectors."),
    ]


def as_policy(text: str) -> str:
    """Read ``fail`` or ``retry_once``.  Contract: runner A.4."""
    word = text.strip().lower()
    if word not in {"fail", "retry_once"}:
        raise ValueError("expected fail or retry_once")
    return word


def as_prefix(text: str) -> str:
    """Read what names of pictures begin with.  Contract: rest-api A6.12."""
    word = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,32}", word):
        raise ValueError("expected at most 32 letters, digits, _ and -")
    return word


def as_see(text: str) -> str:
    """Read ``present`` or ``visible``."""
    word = text.strip().lower()
    if word not in {"present", "visible"}:
        raise ValueError("expected present or visible")
    return word


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flags of running and of results.  Contract: rest-api A3.1."""
    return [
        Permission("run_feature", "Start and cancel features.", EVERYBODY, KeyScope.RUN),
        Permission("change_result_status", "Override the verdict of results.", ("SUPERUSER", "MANAGER")),
        Permission("remove_feature_result", "Remove results.", ("SUPERUSER",)),
        Permission("remove_feature_runs", "Remove runs.", ("SUPERUSER",)),
        Permission("download_result_files", "Download files of results.",
                   ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS")),
    ]  # fmt: skip


@hookimpl
def cometa_authenticators() -> Iterable[Authenticator]:
    """Offer service tokens."""
    return [ServiceTokenAuthenticator()]


@hookimpl
def cometa_models() -> Iterable[ModuleType]:
    """Name the module of the tables."""
    return [models]


@hookimpl
def cometa_migrations() -> MigrationSource:
    """Say where the history of the tables is."""
    return MigrationSource("executions", "cometa_executions:migrations", ("executions_",))


@hookimpl
def cometa_resource_changing(change: ResourceChange, scope: Scope) -> None:
    """Refuse to delete features that run or have archived results; their events go with them."""
    refuse_feature_removal(change, scope)
    forget_events_of_feature(change, scope)


@hookimpl
def cometa_artifact_references() -> Iterable[ArtifactReferences]:
    """Protect the files of results."""
    return [ArtifactReferences("executions.artifacts", find_artifacts)]


@hookimpl
def cometa_tasks() -> Iterable[Task]:
    """Make room by the hour.  Contract: runner I.4."""
    return [Task("executions.retention", make_room_hourly, every_minute=True)]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    # They add verbs to paths of the module scanned last.
    config.scan("cometa_executions.step_writing_views")
    config.scan("cometa_executions.result_views")
    config.scan("cometa_executions.task_views")
    config.scan("cometa_executions.kill_views")
    config.scan("cometa_executions.download_views")
    config.scan("cometa_executions.evidence_views")
    config.scan("cometa_executions.views")
    config.scan("cometa_executions.event_views")


@hookimpl
def cometa_metrics() -> Iterable[Amount]:
    """Count the results that wait and run."""
    return [Amount("results", unfinished_results)]


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa run``, ``cometa token`` and ``cometa prune``."""
    from cometa_executions.commands import run  # noqa: PLC0415 - other commands must not pay for its imports
    from cometa_executions.prune_command import prune  # noqa: PLC0415 - as above

    group.add(prune)
    group.add(run)
    group.add(token)
