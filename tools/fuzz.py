"""Send generated requests to a real server and look for crashes and for answers that its API document does not know.

Run by ``make fuzz``.  Schemathesis is a program of its own environment, since loading it slows every other tool down.
Everything happens in a temporary folder, and no worker is started: generated features must not open browsers.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

COMMAND = [sys.executable, "-W", "ignore", "-m", "cometa_core.cli"]
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance"
)
START_LIMIT_SECONDS = 120


def main() -> int:
    """Start a server, let Schemathesis loose on it and return its verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemathesis", default="schemathesis", help="Path of the program.")
    parser.add_argument("options", nargs="*", help="Further options for it, behind --.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cometa-fuzz-") as folder:
        environment = {**os.environ, "COMETA_DATA": f"{folder}/data", "COMETA_BROWSER_LOCAL": "false"}
        # Nothing is executed here, so nobody needs to wait for it.
        environment["COMETA_EXECTEST_WAIT_LIMIT"] = "1"
        command(environment, "init")
        key = command(
            environment, "api-key", "create", "--email", "fuzz@example.org", "--role", "SUPERUSER",
            *(f"--scope={scope}" for scope in ("read", "run", "write", "admin")),
        )["key"]  # fmt: skip
        with (Path(folder) / "server.log").open("wb") as log, subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", "--json"], env=environment, stdout=subprocess.PIPE, stderr=log
        ) as server:  # fmt: skip
            try:
                assert server.stdout is not None
                url = json.loads(server.stdout.readline())["url"].rstrip("/")
                return fuzz(arguments.schemathesis, url, key, arguments.options)
            finally:
                server.terminate()


def command(environment: dict[str, str], *arguments: str) -> dict[str, str]:
    """Run a command of the installation and return its answer."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--json"], env=environment, capture_output=True, timeout=START_LIMIT_SECONDS, check=True
    )
    answer: dict[str, str] = json.loads(done.stdout) if done.stdout else {}
    return answer


def fuzz(program: str, url: str, key: str, options: list[str]) -> int:
    """Run Schemathesis on the API document of a server."""
    return subprocess.run(
        [program, "run", f"{url}/docs/openapi.json", "--url", url, "--header", f"Authorization: Bearer {key}",
         "--checks", CHECKS, "--continue-on-failure", "--generation-database", "none",
         # Keys of its own would be counted as wrong secrets, and everything behind them refused.
         "--generation-with-security-parameters", "false",
         # It would revoke the key that it uses.
         "--exclude-operation-id", "api_key_delete", *options],
        check=False,
    ).returncode  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
