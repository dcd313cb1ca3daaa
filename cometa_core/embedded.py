"""The data folder of an embedded installation: default URLs and secrets that are made once."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

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
    return Locations(
        data,
        settings.text("sqlalchemy.url") or f"sqlite:///{data / 'cometa.sqlite3'}",
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
    try:
        # Exclusive creation: of two processes that start at the same time one makes all secrets.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)[name]
    made = {"encryption": secrets.token_urlsafe(32), "queue": secrets.token_urlsafe(32)}
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    return made[name]


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error}). It holds the keys of stored secrets: restore it from a backup, or "
            "remove it when the installation holds nothing of value."
        ) from error
    return {str(name): str(value) for name, value in found.items()}
