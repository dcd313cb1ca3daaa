"""Which elements a selector names (runner E.1 to E.5)."""

import pytest

from cometa_runner.selectors import Elements, Look
from cometa_runner.selectors.look import CLICK, CONTROL
from cometa_runner.steps import Deadline, StepFailure, StepSettings

pytestmark = pytest.mark.browser

TABLE_PAGE = """
<div id="a"><span class="b" id="descendant">inner</span></div><div id="a .b">trap</div>
<button id="buy" class="btn buy" disabled>Buy it</button><button class="btn" id="second">Other</button>
<table><tr id="row1"><td>1</td></tr><tr id="row2"><td>2</td></tr></table>
<p id="optional">(optional)</p><input name="username" id="by-name">
<a href="#x" id="sign">Sign in</a><p id="price">Price:
  5 %</p>
<div><button id="save">Save</button><button id="save-as">Save as</button></div>
<p id="stock">Sorry, out of stock today</p><input name="q" id="q-name"><div id="q">q</div>
<ul class="x"><li id="child">child</li></ul><button aria-label="Close" id="close">x</button>
<my-card></my-card><div id="12:30">noon</div><input type="submit" value="Send" id="send">
<span style="text-transform:uppercase" id="upper">loud</span><i data-testid="pay" id="tested">t</i>
<script>
customElements.define("my-card", class extends HTMLElement {
  connectedCallback() { this.attachShadow({mode: "open"}).innerHTML = "<button id='in-card'>Inside</button>"; }
});
</script>
"""


@pytest.mark.parametrize(
    ("written", "strategy", "ids"),
    [
        ("#buy", "css", ["buy"]),
        ("#a .b", "css", ["descendant"]),
        (".btn", "css", ["buy", "second"]),
        ("button.buy[disabled]", "css", ["buy"]),
        ("//button[1]", "xpath", ["buy", "save"]),
        ("(//tr)[2]", "xpath", ["row2"]),
        ("./td", None, []),
        ("(optional)", "text", ["optional"]),
        ("username", "name", ["by-name"]),
        ("Sign in", "link", ["sign"]),
        ("Price: 5 %", "text", ["price"]),
        ("text=Save", "text", ["save"]),
        ("text=save", None, []),
        ("contains=out of stock", "contains", ["stock"]),
        ("name=q", "name", ["q-name"]),
        ("css@@.x > li", "css", ["child"]),
        ("xpath@@//a", "xpath", ["sign"]),
        ("accessibility_id@@Close", "label", ["close"]),
        ("css=my-card >>> button", "css", ["in-card"]),
        ("id=12:30", "id", ["12:30"]),
        ("id=a .b", "id", ["a .b"]),
        ("class=btn buy", "class", ["buy"]),
        ("tag=li", "tag", ["child"]),
        ("link=Sign in", "link", ["sign"]),
        ("partial=Sign", "partial", ["sign"]),
        ("testid=pay", "testid", ["tested"]),
        ("text=Send", "text", ["send"]),
        ("text=Close", "text", ["close"]),
        ("text=LOUD", "text", ["upper"]),
        ("xpath=//nothing", None, []),
        ("my-card >>> #in-card", "css", ["in-card"]),
        ("id@@12:30", "id", ["12:30"]),
        ("name@@q", "name", ["q-name"]),
        ("class@@btn", "class", ["buy", "second"]),
        ("link_text@@Sign in", "link", ["sign"]),
        ("partial_text@@Sign", "partial", ["sign"]),
        ("tag_name@@li", "tag", ["child"]),
    ],
)
def test_every_row_of_the_table_of_examples(show, written, strategy, ids) -> None:
    """X-089, X-090: a list for every strategy, one match is a list of one."""
    found = show(TABLE_PAGE).resolve(written)
    assert found.strategy == strategy
    assert [element.get_attribute("id") for element in found.elements] == ids
    assert found.matches == len(ids)


@pytest.mark.parametrize("written", ["css=div[", "xpath=//[", "//div[", "css@@:nope(", "xpath=count(//a)", "//a/@href"])
def test_an_invalid_selector_says_so_at_once(show, written) -> None:
    """E.2."""
    with pytest.raises(StepFailure) as failure:
        show("<a href='x'>a</a>").wait_for(written, "present", Deadline(30))
    assert failure.value.code == "bad-selector"
    assert failure.value.waited_ms is None
    assert f'Expected the selector "{written}" to be valid, found ' in str(failure.value)
    assert ".." not in str(failure.value).partition("\n")[0]


def test_visible_matches_come_first_in_document_order(show) -> None:
    """X-090."""
    found = show("""<p id=1 hidden>a</p><p id=2>b</p><p id=3 style="opacity:0">c</p><p id=4>d</p>""").resolve("p")
    assert [element.get_attribute("id") for element in found.elements] == ["2", "4", "1", "3"]
    assert (found.matches, found.visible) == (4, 2)


@pytest.mark.parametrize(
    ("body", "visible"),
    [
        ("<p id=x>a</p>", True),
        ("<p id=x hidden>a</p>", False),
        ("<p id=x style='visibility:hidden'>a</p>", False),
        ("<div style='visibility:hidden'><p id=x style='visibility:visible'>a</p></div>", True),
        ("<div style='opacity:0'><p id=x>a</p></div>", False),
        ("<p id=x style='width:0;height:0;overflow:hidden'>a</p>", False),
        ("<a id=x href='#'><b style='float:left'>a</b></a>", True),
        ("<div id=x style='display:contents'><b>a</b></div>", True),
        ("<details><p id=x>a</p></details>", False),
        ("<select><option id=x>a</select>", True),
        ("<p style='height:3000px'></p><p id=x>far below</p>", True),
    ],
)
def test_visible_means_a_box_with_area_that_can_be_seen(show, body, visible) -> None:
    """Steps section 6."""
    assert (show(body).resolve("#x").visible == 1) is visible


def test_acting_prefers_a_visible_match_of_a_later_strategy(show) -> None:
    """X-091: checks take the first strategy with a match."""
    elements = show("<save hidden>tag</save><button id=button>save</button>")
    acting = elements.resolve("save", look=CLICK)
    assert (acting.strategy, acting.tried) == ("text", {"css": 1, "id": 0, "name": 0, "link": 0, "text": 1})
    assert elements.resolve("save").strategy == "css"


def test_a_label_leads_to_its_control(show) -> None:
    """X-091."""
    elements = show("<label for=mail>Mail</label><input id=mail><label>Name <input id=name></label>")
    for label, control in (("Mail", "mail"), ("Name", "name")):
        assert elements.resolve(label, look=CONTROL).elements[0].get_attribute("id") == control
        assert elements.resolve(label).elements[0].tag_name == "label"


def test_a_hidden_box_is_operated_through_its_visible_label(show, chromium) -> None:
    """Steps section 6."""
    elements = show("<input type=checkbox id=box style='opacity:0'><label for=box>Yes</label>")
    elements.acting("#box", Deadline(2)).click()
    assert chromium.execute_script("return document.getElementById('box').checked")


SHADOW_PAGE = """
<p id=outer>outer</p><div id=host></div><div id=locked></div>
<script>
let root = document.getElementById("host");
for (const level of [1, 2, 3]) {
  root = root.attachShadow({mode: "open"});
  root.innerHTML = `<p id=p${level} name=n${level} class=c>level ${level}</p><a href=#>link ${level}</a><div></div>`;
  root = root.querySelector("div");
}
document.getElementById("locked").attachShadow({mode: "closed"}).innerHTML = "<p id=secret>closed</p>";
</script>
"""


@pytest.mark.parametrize(
    "written", ["#p3", "name=n3", "link=link 3", "text=level 3", "css=#host >>> div >>> div >>> p"]
)
def test_open_shadow_roots_are_searched_three_levels_deep(show, written) -> None:
    """X-092."""
    found = show(SHADOW_PAGE).resolve(written)
    assert (found.matches, found.in_shadow) == (1, True)
    assert found.elements[0].text in {"level 3", "link 3"}


def test_closed_roots_and_xpath_stay_outside(show) -> None:
    """X-092."""
    elements = show(SHADOW_PAGE)
    assert elements.resolve("#secret").matches == 0
    for form in ("text=closed", "contains=closed", "closed", "name=secret", "css=#locked >>> p"):
        assert elements.resolve(form).matches == 0
    assert elements.resolve("//p").matches == 1
    assert [element.text for element in elements.resolve(".c").elements] == ["level 1", "level 2", "level 3"]


def test_one_poll_costs_one_driver_command(show, chromium, monkeypatch) -> None:
    """X-093."""
    elements = show(TABLE_PAGE)
    commands: list[str] = []
    execute = type(chromium).execute
    monkeypatch.setattr(
        type(chromium),
        "execute",
        lambda self, command, *rest: (commands.append(command), execute(self, command, *rest))[1],
    )
    elements.resolve("no such thing anywhere")
    assert len(commands) == 1
    commands.clear()
    elements.wait_for("no such thing", "absent", Deadline(5))
    assert len(commands) == elements.record.polls


def test_the_record_names_strategy_and_counts(show) -> None:
    """X-095."""
    elements = show("<p>a</p><p hidden>b</p>")
    elements.wait_for("p", "visible", Deadline(2))
    record = elements.record.as_record()
    waited = record.pop("waited_ms")
    assert record == {
        "given": "p", "strategy": "css", "matches": 2, "visible": 1, "in_shadow": False, "polls": 1,
    }  # fmt: skip
    assert isinstance(waited, int)


def test_what_was_asked_for_is_read_in_the_same_poll(show) -> None:
    elements = show("<input id=f value=' 7 ' data-x=y checked type=checkbox><p id=t>a<br>b</p>")
    assert elements.resolve("#f", look=Look(read=("value", ""))).facts.value == " 7 "
    assert elements.resolve("#f", look=Look(read=("attribute", "data-x"))).facts.value == "y"
    assert elements.resolve("#f", look=Look(read=("attribute", "none"))).facts.value is None
    assert elements.resolve("#f", look=Look(read=("property", "checked"))).facts.value == "true"
    assert elements.resolve("#t", look=Look(read=("text", ""))).facts.value == "a\nb"


def test_another_test_attribute_can_be_set(chromium, show) -> None:
    show("<p data-qa=pay>a</p>")
    assert Elements(lambda: chromium, StepSettings(testid="data-qa")).resolve("testid=pay").matches == 1
