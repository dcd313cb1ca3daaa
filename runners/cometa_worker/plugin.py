"""What the worker adds: its settings, tasks, companion process and command."""

import os
import platform
from collections.abc import Iterable

from cometa_core import PluginInfo, hookimpl
from cometa_core.cli.group import CommandGroup
from cometa_core.contracts.process import CompanionProcess
from cometa_core.contracts.tasks import Task
from cometa_core.settings import Setting, as_boolean, as_integer, as_path, as_seconds, as_words
from cometa_runner.egress import DEFAULT_DENY
from cometa_worker.commands import worker
from cometa_worker.egress import ALLOW_KEY, as_rules
from cometa_worker.remote_sessions import END_TASK, RETRIES, RETRY_SECONDS, end_session
from cometa_worker.work import WORK_TASK, execute_queued

PLUGIN = PluginInfo("worker", "Executes queued results in runner processes", requires=("executions",))


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how many results a worker executes, which, and within what limits."""
    slots = max(1, (os.cpu_count() or 2) - 1)
    return [
        Setting("cometa.worker.embedded", True, "Start a worker beside the web process.", as_boolean),
        Setting("cometa.worker.name", platform.node() or "worker", "Name of this worker, unique among all."),
        Setting("cometa.worker.slots", slots, "Results that are executed at the same time.", as_integer),
        Setting("cometa.worker.queues", (), "Department queues that are served; default: all.", as_words),
        Setting("cometa.worker.browsers", (), "Browser families that are opened here; default: all.", as_words),
        Setting("cometa.worker.drain_seconds", 30.0, "How long running results may finish at the end.", as_seconds),
        Setting("cometa.runner.zygote", True, "Fork runners from a warm process.", as_boolean),
        Setting("cometa.limit.open_seconds", 60.0, "Longest opening of a browser.", as_seconds),
        Setting("cometa.limit.idle_seconds", 30.0, "Longest silence of a runner.", as_seconds),
        Setting("cometa.limit.step_grace_seconds", 5.0, "What a step may take beyond its deadline.", as_seconds),
        Setting("cometa.limit.cancel_grace_seconds", 5.0, "What a cancelled result may take to end.", as_seconds),
        Setting("cometa.limit.log_mb", 50, "Largest result log in MB.", as_integer),
        Setting("cometa.limit.rows", 100_000, "Most step rows of a result.", as_integer),
        Setting("cometa.limit.loop_rounds", 10_000, "Most rounds of a loop.", as_integer),
        Setting("cometa.limit.memory_mb", 4096, "Most memory of all processes of a result in MB.", as_integer),
        Setting("cometa.limit.artifact_mb", 2048, "Largest work folder in MB.", as_integer),
        Setting("cometa.egress.deny", DEFAULT_DENY, "Where steps and webhooks may not connect to.", as_rules),
        Setting("cometa.egress.allow", (), "Exceptions from it for all departments.", as_rules),
        Setting(ALLOW_KEY, (), "Exceptions from it for the department with this id.", as_rules),
        Setting("cometa.step.sql_rows", 1000, "Most rows that a query of a step keeps.", as_integer),
        Setting("cometa.step.ca_file", None, "Certificates of more authorities that REST steps trust.", as_path),
    ]


@hookimpl
def cometa_tasks() -> Iterable[Task]:
    """Declare the doorbell, there is work, and the ending of sessions that a hub did not end at once."""
    return [
        Task(WORK_TASK, execute_queued, queue="runs", every_minute=True),
        Task(END_TASK, end_session, retries=RETRIES, retry_seconds=RETRY_SECONDS),
    ]


@hookimpl
def cometa_processes() -> Iterable[CompanionProcess]:
    """Let an embedded installation run a worker."""
    return [CompanionProcess("worker", ("worker", "--owned"), "cometa.worker.embedded")]


@hookimpl
def cometa_commands(group: CommandGroup) -> None:
    """Add ``cometa worker``."""
    group.add(worker)
