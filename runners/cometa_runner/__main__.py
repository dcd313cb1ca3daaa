"""Start a runner: ``python -m cometa_runner``."""

from cometa_runner.main import main

if __name__ == "__main__":
    raise SystemExit(main())
