"""The data folder of an embedded installation: default URLs and secrets that are made once."""

import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from cometa_core.errors import ConfigurationError
from cometa_core.settings import Settings

SECRETS_FILE = "secrets.json"


@dataclass(frozen=True)
class Locations:
    """Where everything of an installation is.

    Attributes:
        data: data folder.
        database_url: URL for SQLAlchemy.
        queue_url: URL for Huey.
        artifacts_url: URL of the artifact store.
    """

    data: Path
    database_url: str
    queue_url: str
    artifacts_url: str


def locate(settings: Settings) -> Locations:
    """Fill in what the settings leave open from the data folder; nothing is created."""
    data = settings.path("cometa.data") or Path("data").absolute()
    # A URL writes some characters of folders in another way.
    database = URL.create("sqlite", database=str(data / "cometa.sqlite3")).render_as_string()
    return Locations(
        data,
        settings.text("sqlalchemy.url") or database,
        settings.text("huey.url") or f"sqlite:///{data / 'queue.sqlite3'}",
        settings.text("cometa.artifacts") or (data / "artifacts").as_uri(),
    )


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner may read.

    Raises:
        ConfigurationError: it cannot be created or written.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {path} cannot be created ({error.strerror}). Choose another with --data or cometa.data."
        ) from error
    if not os.access(path, os.W_OK):
        raise ConfigurationError(
            f"The data folder {path} cannot be written. Change its owner or choose another with --data or cometa.data."
        )
    return path


def encryption_keys(settings: Settings, data: Path) -> tuple[str, ...]:
    """Return the entries of the key ring; outside production they are made once in the data folder.

    Raises:
        ConfigurationError: production without configured keys.
    """
    configured = settings.words("cometa.encryption_key") if settings.is_set("cometa.encryption_key") else ()
    if configured:
        return configured
    refuse_in_production(settings, "cometa.encryption_key", "k1:<at least 32 random characters>")
    return (f"local:{made_once(data, 'encryption')}",)


def queue_secret(settings: Settings, data: Path) -> str:
    """Return the key that signs queue messages; outside production it is made once in the data folder.

    Raises:
        ConfigurationError: production without a configured secret.
    """
    configured = settings.text("huey.secret")
    if configured:
        return configured
    refuse_in_production(settings, "huey.secret", "<at least 32 random characters, the same on every machine>")
    return made_once(data, "queue")


def refuse_in_production(settings: Settings, key: str, example: str) -> None:
    """Refuse to make up a secret in production."""
    if settings.flag("cometa.production"):
        raise ConfigurationError(f"cometa.production is on, so {key} must be set: {key} = {example}.")


def made_once(data: Path, name: str) -> str:
    """Return a random secret of the data folder, making it on the first call in any process."""
    path = private_folder(data) / SECRETS_FILE
    if not path.exists():
        _make_secrets(path)
    try:
        found = json.loads(path.read_text())
        return str(found[name])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error}). It holds the keys of stored secrets: restore it from a backup, or "
            "remove it when the installation holds nothing of value."
        ) from error


def _make_secrets(path: Path) -> None:
    """Write the file whole under another name first: of processes that start at once one wins, and none reads half."""
    made = {"encryption": secrets.token_urlsafe(32), "queue": secrets.token_urlsafe(32)}
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f"{SECRETS_FILE}.") as file:
        json.dump(made, file)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
