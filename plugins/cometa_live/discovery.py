"""Where clients find the live server.  Contract: runner K.2."""

import json
import os
from pathlib import Path

from cometa_core.embedded import private_folder
from cometa_core.runtime import Runtime

PATH = "/live/"
RECORD = "live.json"


def websocket_url(runtime: Runtime, host: str) -> str | None:
    """Return the address of the live server for a client of the API; None when none runs on this data folder.

    Args:
        runtime: its setting ``cometa.live.url`` decides where it is set, as behind a proxy.
        host: name by which the client reached the API, without port.
    """
    configured = runtime.settings.text("cometa.live.url")
    if configured:
        return configured
    port = recorded_port(runtime)
    if not port:
        return None
    return f"ws://[{host}]:{port}{PATH}" if ":" in host else f"ws://{host}:{port}{PATH}"


def record_port(runtime: Runtime, port: int) -> None:
    """Remember in the data folder where the live server listens, so that the web process can tell it."""
    path = _record(runtime)
    private_folder(path.parent)
    draft = path.with_name(f"{RECORD}.{os.getpid()}")
    draft.write_text(json.dumps({"port": port}))
    draft.replace(path)


def forget_port(runtime: Runtime, port: int) -> None:
    """Forget a live server that ends, unless another one is there already."""
    if recorded_port(runtime) == port:
        _record(runtime).unlink(missing_ok=True)


def recorded_port(runtime: Runtime) -> int:
    """Return the port of the live server of this data folder; 0 when there is none."""
    try:
        return int(json.loads(_record(runtime).read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _record(runtime: Runtime) -> Path:
    return runtime.locations.data / RECORD
