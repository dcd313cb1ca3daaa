"""What importing the step language costs."""

import subprocess
import sys


def test_declaring_and_matching_load_no_browser_library() -> None:
    """The web process reads vocabularies (DESIGN, import rules)."""
    code = (
        "import sys, cometa_runner.steps, cometa_runner.steps.comparison, cometa_runner.steps.variables\n"
        "print([name for name in ('selenium', 'behave', 'pyramid', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
