"""The sentences under the plain ``behave`` command, for step authors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

STEPS = """
from cometa_runner.steps.plain_behave import register
from cometa_websteps.plugin import cometa_step_libraries
register(cometa_step_libraries())
"""

PAGE = """<title>My shop</title><h1>Welcome back</h1>
<nav><a href="#sign">Sign in</a> <a href="/terms">Terms</a> <a href="/file">Export</a>
</nav><p id=menu><b class=account>Account</b></p>
<p>Products</p><p>Order confirmed</p><p>Ready</p><button class=buy>Buy</button><button type=submit>Save</button>
<input id=email><input id=search value=old><input id=terms type=checkbox><input id=newsletter type=checkbox checked>
<select id=country><option>France<option>Germany</select><input id=order-no value=7><input id=file type=file>
<p id=total>42</p><p class=basket>basket</p><p id=result>r</p><p id=toast>t</p><p id=cookie>c</p><p id=chart>x</p>
<p id=logo>logo</p>
<iframe id=payment class=checkout></iframe><div style="height:2000px"></div><p id=footer>end</p>
<script>addEventListener("keydown", (event) => event.key === "F9" && alert("Hello"))</script>"""

ORDER = '{"items": [{"sku": "a"}], "token": "t"}'
SERVER = "postgresql+psycopg://qa:$db_pw@db.test/shop"
ASKED = '* Send "GET" request to "{url}/orders/7"'
OPENED = [
    '* Open database "sqlite://" under the name "shop"',
    '* Change database "shop" with "create table orders (id, state, test)"',
]

# Examples that need something which happened before them.
BEFORE = {
    'Response status should be "{status}"': [ASKED],
    'Response at "{query}" should be "{operator}" "{expected}"': [ASKED],
    'Remember response at "{query}" as "{variable}"': [ASKED],
    'Response should arrive within "{milliseconds}" milliseconds': [ASKED],
    'Ask database "{connection}" for "{sql}" and remember rows as "{variable}"': OPENED,
    'Change database "{connection}" with "{sql}"': OPENED,
    "I can click OK on alert, confirm or prompt message": ['* Send keys "F9"'],
    "I can switch to new Window": ["* Run Javascript function \"window.open('/')\""],
    "I can close the window": ["* Run Javascript function \"window.open('/')\"", "* I can switch to new Window"],
    "Return to the previous page": ['* Goto URL "/terms"'],
}
VARIABLES = ['* Remember "paid" as "order_state"', '* Remember "thank you" as "message"']


CONTRACT = json.loads((Path(__file__).parent / "vocabulary.json").read_text(encoding="utf-8"))
EXECUTED = frozenset(
    entry["pattern"] for entry in CONTRACT if entry["priority"] == "P1" or entry["library"] in {"rest", "database"}
)
"""Sentences whose examples are executed too; the others have a page or a server of their own in their tests."""


def feature(vocabulary, url: str, patterns=None) -> str:
    """Write a scenario with the examples of some sentences, or of all."""
    lines = ["Feature: All examples", "Scenario: In the order of the reference"]
    for definition in vocabulary.definitions:
        if patterns is not None and definition.pattern not in patterns:
            continue
        home = f'* StartBrowser and call URL "{url}/"'
        example = definition.example.replace("https://shop.example/", f"{url}/")
        example = example.replace("https://api.shop.example/", f"{url}/").replace(SERVER, "sqlite://")
        back = ["* I switch to defaultContent"] if "iFrame" in example else []
        before = [step.replace("{url}", url) for step in BEFORE.get(definition.pattern, [])]
        lines += [home, *VARIABLES, *before, f"* {example}", *back]
    return "\n".join(lines)


def test_every_example_is_a_sentence_for_the_behave_command(vocabulary, site, tmp_path) -> None:
    """X-069: behave knows each of them."""
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps/cometa.py").write_text(STEPS)
    (tmp_path / "all.feature").write_text(feature(vocabulary, site.url))
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "behave", "--dry-run", "--format=json", f"--outfile={report}", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "undefined" not in done.stdout + done.stderr
    steps = json.loads(report.read_text())[0]["elements"][0]["steps"]
    assert len(steps) > 3 * len(vocabulary.definitions)
    assert [step["name"] for step in steps if "match" not in step] == []


def test_the_examples_run_under_the_behave_command(vocabulary, site, tmp_path) -> None:
    """X-069."""
    site.pages.update({"/": PAGE, "/terms": PAGE, "/basket": PAGE, "/orders": "{}", "/orders/7": ORDER})
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps/cometa.py").write_text(STEPS)
    (tmp_path / "environment.py").write_text(
        "from pathlib import Path\n"
        "from cometa_runner.steps import plain_behave\n"
        "from cometa_runner.steps.plain_behave import after_all\n"
        "def before_all(context):\n"
        "    plain_behave.before_all(context)\n"
        "    (context.cometa.workdir / 'uploads/photo.png').write_text('png')\n"
    )
    (tmp_path / "all.feature").write_text(feature(vocabulary, site.url, EXECUTED))
    report = tmp_path / "report.json"
    options = ["--format=json", f"--outfile={report}", "--no-summary", "-D", "timeout=10"]
    command = [sys.executable, "-m", "behave", *options, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    steps = json.loads(report.read_text())[0]["elements"][0]["steps"]
    failed = [(step["name"], step.get("result")) for step in steps if step.get("result", {}).get("status") != "passed"]
    assert failed[:1] == []
    assert done.returncode == 0


def test_a_failing_sentence_shows_the_text_for_testers(site, tmp_path) -> None:
    """D.5: behave reports what the runner would report."""
    site.pages["/"] = PAGE
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps/cometa.py").write_text(STEPS)
    (tmp_path / "environment.py").write_text("from cometa_runner.steps.plain_behave import after_all, before_all\n")
    (tmp_path / "one.feature").write_text(
        f'Feature: F\nScenario: S\n* StartBrowser and call URL "{site.url}/"\n* BrowserTitle is "Your shop"\n'
    )
    command = [sys.executable, "-m", "behave", "-D", "timeout=5", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert 'Expected the title "Your shop", found "My shop".' in done.stdout
