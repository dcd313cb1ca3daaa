"""Preparing an attempt: its private folder and the plan message.  Contract: runner A.1, B.1, B.2."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cometa_core.contracts.variables import VariableLayer
from cometa_core.embedded import private_folder
from cometa_core.runtime import Runtime
from cometa_core.scope import Scope
from cometa_executions.api import Claim, StoredPlan, stored_plan
from cometa_runner.protocol import PROTOCOL_VERSION
from cometa_worker.comparing import gates_of
from cometa_worker.egress import egress_of

LINE_BYTES = 1 << 20
SHORT_PREFIX = "cometa-"
TELLING_SECONDS = 3.0
USUAL_FLAGS = {"continue_on_failure": False, "network_log": False, "video": False}


def work_folder(runtime: Runtime) -> Path:
    """Return the folder of this worker that holds one folder an attempt; other workers have their own."""
    worker = runtime.settings.text("cometa.worker.name").replace("/", "_")
    return private_folder(private_folder(private_folder(runtime.locations.data) / "work") / worker)


def mark_of(runtime: Runtime, result_id: int, fence: int) -> str:
    """Return the mark of an attempt's processes: result, fence and the installation that they belong to.

    Several installations of one machine count their results alike; none may end the processes of another.
    Contract: runner B.6.
    """
    return f"{result_id}:{fence}:{installation_digest(runtime.locations.data)}"


def installation_digest(data: Path) -> str:
    """Return the part of marks that tells installations of one machine apart: 12 hex digits of the data folder."""
    return hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]


def make_folder(parent: Path, claim: Claim) -> Path:
    """Create the private folder of an attempt; its name holds result and fence.

    Its ``tmp`` is a link to a folder with a short name: browsers put sockets there, whose addresses are limited.
    """
    folder = parent / f"{claim.lease.result_id}-{claim.lease.fence}"
    for path in (folder, *(folder / name for name in ("artifacts", "downloads", "uploads"))):
        path.mkdir(mode=0o700)
    (folder / "tmp").symlink_to(tempfile.mkdtemp(prefix=SHORT_PREFIX), target_is_directory=True)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove the folder of an attempt with its temporary folder.

    A link that leads anywhere else than to a temporary folder of ours is not followed.
    """
    target = (folder / "tmp").resolve()
    if target.parent == Path(tempfile.gettempdir()).resolve() and target.name.startswith(SHORT_PREFIX):
        shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Prepared:
    """What an attempt needs.

    Attributes:
        message: the one line that the runner gets; it never touches a disk (X-037).
        leaves: frozen step list.
        secrets: values that must not leave the runner unmasked.
    """

    message: dict[str, Any]
    leaves: list[dict[str, Any]]
    secrets: tuple[str, ...]


def prepare(runtime: Runtime, claim: Claim, folder: Path) -> Prepared:
    """Read the plan of a claimed result and build the plan message."""
    with runtime.reading() as session:
        stored = stored_plan(runtime, session, claim.lease.result_id)
        layers = layers_of(Scope(runtime, session), claim, stored)
        gates = gates_of(Scope(runtime, session), claim, stored.document["leaves"])
    variables = [*(asdict(variable) for layer in layers for variable in layer.variables), *stored.variables]
    inline = {ciphertext: text for layer in layers for ciphertext, text in layer.inline.items()}
    secrets = secrets_of(variables, inline)
    message = {
        "v": PROTOCOL_VERSION,
        "type": "plan",
        "result": claim.lease.result_id,
        "attempt": claim.attempt,
        "run": claim.run.run_id,
        "feature": stored.feature,
        "tree": stored.document["tree"],
        "flags": {
            "continue_on_failure": False,
            "network_log": False,
            "video": False,
            **stored.document.get("flags", {}),
        },
        "browser": stored.browser,
        "variables": variables,
        "parameters": {},
        "inline": inline,
        "secrets": list(secrets),
        "limits": limits_of(runtime),
        "visual": {"gate": gates, "stable": True},
        "libraries": stored.libraries,
        "settings": step_settings(runtime),
        "egress": egress_of(runtime, claim.run.department_id),
        "workdir": str(folder),
    }
    # Pages are searched for the secrets of the message; what opens the hub is no business of theirs.
    hub = (str(stored.browser.get("password") or ""),)
    return Prepared(message, stored.document["leaves"], secrets + tuple(filter(None, hub)))


def layers_of(scope: Scope, claim: Claim, stored: StoredPlan) -> list[VariableLayer]:
    """Ask plugins for stored variables: now, when the result is claimed.  Contract: runner G.4."""
    collected = scope.runtime.plugins.dispatch.collect(
        "cometa_run_variables", run=claim.run, plan=stored.document, scope=scope
    )
    return [layer for _, layer in collected.values()]


def secrets_of(variables: Iterable[Mapping[str, Any]], inline: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secret values of a plan."""
    values = [*(variable["value"] for variable in variables if variable["secret"]), *inline.values()]
    return tuple(value for value in values if value)


def limits_of(runtime: Runtime) -> dict[str, float]:
    """Return the limits that the runner itself keeps."""
    settings = runtime.settings
    open_s = settings.seconds("cometa.limit.open_seconds")
    return {
        # The runner gives up a little earlier than it is killed, so that it can tell what the hub said.
        "open_s": max(open_s - TELLING_SECONDS, open_s / 2),
        "feature_s": settings.seconds("cometa.limit.feature_seconds"),
        "step_grace_s": settings.seconds("cometa.limit.step_grace_seconds"),
        "rows": settings.integer("cometa.limit.rows"),
        "loop_rounds": settings.integer("cometa.limit.loop_rounds"),
        "line_bytes": LINE_BYTES,
        "artifact_mb": settings.integer("cometa.limit.artifact_mb"),
    }


def step_settings(runtime: Runtime) -> dict[str, Any]:
    """Return the settings of the site that change what sentences do."""
    settings = runtime.settings
    return {
        "see": settings.text("cometa.step.see"),
        "settle_seconds": settings.seconds("cometa.step.settle_seconds"),
        "strict": settings.flag("cometa.selector.strict"),
        "testid": settings.text("cometa.selector.testid"),
        "screenshot_on_failure": settings.flag("cometa.screenshot.on_failure"),
        "sql_rows": settings.integer("cometa.step.sql_rows"),
        "ca_file": settings.text("cometa.step.ca_file"),
    }
