"""A whole installation with one of everything in the department Default and in a foreign one."""

import io
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from PIL import Image
from run_bench import sentences
from small_installation import initialise, make_caller, runtime_in
from sqlalchemy import select
from webtest import TestApp

from cometa_accounts.models import Membership
from cometa_catalog.services.browsers import create_browser
from cometa_core.app import build_app
from cometa_executions.api import Artifact, Result, Run, State, StepResult
from cometa_features.api import Feature, Step
from cometa_notifications.models import Notification

PLUGINS = (
    "accounts", "catalog", "features", "websteps", "executions", "screenshots", "variables", "schedules", "live",
    "browserstack", "notifications", "reports", "worker",
)  # fmt: skip
ROLES = ("SUPERUSER", "MANAGER", "DEVOPS", "ANALYSIS", "ANONYMOUS")
CHROME = {"browser": "chrome", "browser_version": "134.0", "cloud": "local"}
FIRST_PID = 4000


class World:
    """An installation, a caller of each role in ``Default``, and objects that can be put back as they were.

    Attributes:
        app: the web application.
        runtime: its runtime.
        root: caller that made everything.
        callers: caller by role.
        objects: names of ``permission_table`` -> keys, by department (``own``, ``foreign``).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.runtime = runtime_in(folder, PLUGINS)
        initialise(self.runtime)
        self.runtime.once("catalog.vocabulary", sentences)
        self.app = TestApp(build_app(self.runtime))
        self.root = make_caller(self.runtime, self.app, "root@example.org", role="SUPERUSER")
        self.callers = {
            role: make_caller(self.runtime, self.app, f"{role.lower()}@example.org", role=role) for role in ROLES
        }
        with self.runtime.unit_of_work() as scope:
            create_browser(scope, CHROME)
        foreign = self.root.post("/api/departments/", {"department_name": "Foreign"}, status=201).json
        self.objects = {"own": self._make(1, "Default"), "foreign": self._make(foreign["department_id"], "Foreign")}
        self._kept = folder / "kept.sqlite3"
        with closing(self._connect(folder / "cometa.sqlite3")) as live, closing(self._connect(self._kept)) as kept:
            live.backup(kept)
        shutil.copytree(folder / "artifacts", folder / "kept-artifacts")

    def restore(self) -> None:
        """Put database and files back as they were at first."""
        with (
            closing(self._connect(self._kept)) as kept,
            closing(self._connect(self._folder / "cometa.sqlite3")) as live,
        ):
            kept.backup(live)
        shutil.copytree(self._folder / "kept-artifacts", self._folder / "artifacts", dirs_exist_ok=True)

    def close(self) -> None:
        """End everything."""
        self.runtime.close()

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=30)

    def _make(self, department_id: int, name: str) -> dict[str, object]:
        folder = self.root.post("/api/folders/", {"name": "Folder", "department": department_id}, status=201).json
        feature = self._feature(department_id, f"Feature of {name}", folder["folder_id"])
        variables = {"environment_name": "Default", "department_id": department_id,
                     "variables": [{"variable_name": "shop", "variable_value": "https://shop.test"}]}  # fmt: skip
        variable = self.root.post("/api/variables/", variables, status=201).json[0]
        helper = make_caller(self.runtime, self.app, f"member.{name.lower()}@example.org", departments=(name,))
        return {
            "department": department_id,
            "folder": folder["folder_id"],
            "feature": feature,
            "spare_feature": self._feature(department_id, f"Spare of {name}", None),
            "spare_application": self._spare("application", "app_id", name),
            "spare_environment": self._spare("environment", "environment_id", name),
            "spare_department": self._spare("department", "department_id", name),
            "spare_account": make_caller(
                self.runtime, self.app, f"spare.{name.lower()}@example.org", departments=()
            ).account_id,
            "feature_name": f"Feature of {name}",
            "variable": variable["id"],
            "account": helper.account_id,
            "key": helper.key.split("_")[1],
            "membership": self._membership(helper.account_id),
            **self._results(feature),
            **self._notifications(department_id, feature),
        }

    def _notifications(self, department_id: int, feature_id: int) -> dict[str, object]:
        """Store a webhook, a mailbox and a message that could not be sent."""
        hook = {"department": department_id, "application": "generic", "hook": "https://hooks.example.org/x"}
        mailbox = {"host": "imap.example.org", "user_name": "qa", "password": "secret"}
        integration = self.root.post("/api/integrations/", hook, status=201).json["id"]
        self.root.post(f"/api/mailboxes/{department_id}/", mailbox)
        with self.runtime.unit_of_work() as scope:
            now = scope.now()
            row = Notification(
                origin=f"test:{feature_id}", delivery="0" * 32, channel="mail", target="qa@example.org",
                department_id=department_id, feature_id=feature_id, content={}, state="dead", next_at=now,
                created_at=now, ended_at=now,
            )  # fmt: skip
            scope.session.add(row)
            scope.session.flush()
            return {"integration": integration, "notification": row.id}

    def _spare(self, kind: str, key: str, name: str) -> int:
        """Create something that nothing uses."""
        body = {"app_name" if kind == "application" else f"{kind}_name": f"Spare of {name}"}
        return self.root.post(f"/api/{kind}s/", body, status=201).json[key]

    def _feature(self, department_id: int, name: str, folder_id: int | None) -> int:
        body = {
            "feature_name": name, "app_id": 1, "environment_id": 1, "department_id": department_id,
            "browsers": [CHROME], "folder_id": folder_id, "steps_content": [{"step_content": "Press Enter"}],
        }  # fmt: skip
        return self.root.post("/api/features/", body, status=201).json["feature_id"]

    def _membership(self, account_id: int) -> int:
        with self.runtime.reading() as session:
            return session.scalars(select(Membership.id).where(Membership.account_id == account_id)).first()

    def _results(self, feature_id: int) -> dict[str, object]:
        """Store a finished and a running result, each with a step that has a picture."""
        found: dict[str, object] = {"pid": feature_id + FIRST_PID}
        with self.runtime.unit_of_work() as scope:
            feature = scope.session.get_one(Feature, feature_id)
            step_uuid = scope.session.scalars(select(Step.uuid).where(Step.feature_id == feature_id)).one()
            for prefix, state in (("", State.SUCCESS), ("running_", State.RUNNING)):
                now = scope.now()
                run = Run(feature=feature, app_id=1, environment_id=1, created_at=now)
                result = Result(
                    run=run, feature=feature, browser=CHROME, run_hash="0" * 16, state=state, queued_at=now, attempt=1,
                    started_at=now, pid=None if state is State.SUCCESS else feature_id + FIRST_PID,
                )  # fmt: skip
                step = StepResult(
                    result=result, attempt=1, sequence=1, step_name="Press Enter", status="Success",
                    step_uuid=step_uuid, verdict="equal", baseline_state="approved",
                )  # fmt: skip
                scope.session.add_all([run, result, step])
                scope.session.flush()
                self._store(scope, result, step, "current", "picture.png", png())
                self._store(scope, result, step, "attachment", "report.txt", b"text")
                self._store(scope, result, step, "source", "source_1.html", b"<p>page</p>")
                self._store(scope, result, None, "network", "network.har", b'{"log": {"entries": [\n\n]}}\n')
                self._store(scope, result, None, "video", f"clip{result.id}.mp4", b"moving")
                found |= {
                    f"{prefix}run": run.id,
                    f"{prefix}result" if not prefix else "running": result.id,
                    f"{prefix}step" if prefix else "step_result": step.id,
                    f"{prefix}picture": f"AMVARA_{step.id}.png",
                    f"{prefix}video": f"clip{result.id}.mp4",
                }
        return found

    def _store(self, scope, result, step, role, name, content) -> None:
        department_id = result.feature.department_id
        digest, size = self.runtime.artifacts.put(department_id, io.BytesIO(content))
        scope.session.add(
            Artifact(
                department_id=department_id, result_id=result.id, step_result_id=step and step.id, attempt=1, role=role,
                name=name, mime="application/octet-stream", size=size, sha256=digest, created_at=scope.now(),
            )
        )  # fmt: skip


def png() -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(target, "PNG")
    return target.getvalue()


def filled(value: object, words: dict[str, object]) -> object:
    """Fill words in braces into paths and bodies; a text that is one word alone becomes the object itself."""
    if isinstance(value, dict):
        return {key: filled(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, words) for item in value]
    if not isinstance(value, str) or "{" not in value:
        return value
    if value.startswith("{") and value.endswith("}") and value.count("{") == 1:
        return words[value[1:-1]]
    return value.format_map(words)


def served_by(app: TestApp, method: str, template: str):
    """Find the service that a line of the permission table means; None for a route without one."""
    path = sample(template)
    for pattern, service in app.app.registry.cornice_services.items():
        if method in service.operations and re.fullmatch(as_expression(pattern), path):
            return service
    return None


def as_expression(path: str) -> str:
    """Write a regular expression for the paths that a route matches."""
    parts = re.split(r"(\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\})", path)
    return "".join(
        f"(?:{part[1:-1].partition(':')[2] or '[^/]+'})" if part.startswith("{") else re.escape(part) for part in parts
    )


def sample(template: str) -> str:
    """Put something in place of the words of a path of the table."""
    path = template.partition("?")[0]
    named = re.sub(r"\{(picture|running_picture|video|key)\}", "AMVARA_1.png", path)
    return re.sub(r"\{\w+\}", "1", named)
