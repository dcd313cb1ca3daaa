"""Variables, parameters and dates (runner G.1 to G.3)."""

import itertools
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from cometa_runner.steps import StepDefinition, StepFailure
from cometa_runner.steps.variables import RANKS, Variable, Variables

MORNING = datetime(2026, 1, 31, 8, 15, 30, tzinfo=UTC)


def variables(warnings: list[str] | None = None) -> Variables:
    return Variables(
        [
            Variable("user", "Ada", "environment"),
            Variable("username", "ada99", "environment"),
            Variable("nested", "$user %jobId #{today}", "environment"),
            Variable("list", [1, {"ä": "b"}], "run"),
            Variable("with blank", "spaced", "feature"),
            Variable("first-name.2", "Grace", "feature"),
        ],
        {"jobId": "8", "index": "3", "index_1": "7"},
        inline={"cmt1:abc": "s3cr3t", "cmt1:abcdef": "longer", "U2FsdGVkX1xyz=": "old"},
        now=lambda: MORNING,
        warn=(warnings if warnings is not None else []).append,
    )


@pytest.mark.parametrize(
    ("written", "expanded"),
    [
        ("$user and $username", "Ada and ada99"),
        ("${user}name", "Adaname"),
        ("$users", "Adas"),
        ("$unknown ${unknown} %unknown", "$unknown ${unknown} %unknown"),
        ("$User", "$User"),
        ("costs 5 $ or 5% off", "costs 5 $ or 5% off"),
        ("${with blank}!", "spaced!"),
        ("$first-name.2.", "Grace."),
        ("$list", '[1,{"ä":"b"}]'),
        ("%jobId %index_1 %index", "8 7 3"),
        (r"\$user \%jobId \${user}", "$user %jobId ${user}"),
        (r"\$unknown C:\dir \\$user", r"\$unknown C:\dir \$user"),
        ("cmt1:abcdef,cmt1:abc;U2FsdGVkX1xyz=", "longer,s3cr3t;old"),
        ("cmt1:zzz", "cmt1:zzz"),
        ("", ""),
    ],
)
def test_tokens_are_replaced(written, expanded) -> None:
    """X-112."""
    assert variables().expand(written) == expanded


def test_replacements_are_not_expanded_again() -> None:
    """X-113."""
    assert variables().expand("$nested") == "$user %jobId #{today}"


@pytest.mark.parametrize(
    ("written", "expanded"),
    [
        ("#today", "2026-01-31"),
        ("due #today", "due 2026-01-31"),
        ("#today;%d.%m.%Y", "31.01.2026"),
        ("#today;%d.%m.%Y;days=+1", "01.02.2026"),
        ("#today;days=+1", "2026-02-01"),
        ("#today;days=1;hours=-24", "2026-01-31"),
        ("#today;days=+1;days=+1", "2026-02-02"),
        ("#today; weeks = +1 ; %d.%m.", "07.02."),
        ("#today;", "2026-01-31"),
        ("#today\n%Y", "2026"),
        ("${user} on #{today}\nand #{today;days=-1}", "Ada on 2026-01-31\nand 2026-01-30"),
        ("#{today;%H:%M;minutes=-16}", "07:59"),
        ("#today;%H:%M;minutes=+50;seconds=-30", "09:05"),
        ("#today;weeks=-1;%Y-%m-%d %H", "2026-01-24 08"),
        ("#today %d/%m", "31/01"),
        ("from #{today} to #{today;%d.%m.;days=+7} inclusive", "from 2026-01-31 to 07.02. inclusive"),
        (r"\#today", "#today"),
        ("#today is a good day", "#today is a good day"),
        ("#todays", "#todays"),
        ("# today", "# today"),
    ],
)
def test_dates_in_all_documented_forms(written, expanded) -> None:
    """X-115."""
    assert variables().expand(written) == expanded


def test_the_bare_date_in_a_selector_is_an_id() -> None:
    """X-115."""
    assert variables().expand("#today", "selector") == "#today"
    assert variables().expand("#day-#{today;%d} .$user", "selector") == "#day-31 .Ada"


@pytest.mark.parametrize(
    "written",
    [
        "#today;days=+1;__import__('os')",
        "#{today;days=1+1}",
        "#{today;eval(1)}",
        "#today;months=1",
        "#{today;days=99999999}",
        "#{today;hours=999999999}",
        "#today;days=+1;days",
        "#today;days=1e3",
        "#today;days=\u0661",
    ],
)
def test_dates_refuse_everything_else(written) -> None:
    """X-082: nothing is evaluated."""
    with pytest.raises(StepFailure) as failure:
        variables().expand(written)
    assert failure.value.code == "bad-value"


def test_one_clock_reading_a_step_in_the_zone_of_the_browser() -> None:
    readings = iter(MORNING.astimezone(timezone(timedelta(hours=9))) + timedelta(days=day) for day in range(9))
    definition = StepDefinition("x", print, "a", "s", "x", (), "l", "BROWSER", None, None)
    values = Variables(now=lambda: next(readings)).expand_values(definition, {"a": "#today;%H", "b": "#today;%d"})
    assert values == {"a": "17", "b": "31"}


@pytest.mark.parametrize(
    ("shift", "local"), [("hours=+1", "03:30"), ("minutes=+30", "03:00"), ("days=+1", "01:30"), ("hours=+24", "02:30")]
)
def test_hours_pass_and_days_follow_the_calendar_where_clocks_are_changed(shift, local) -> None:
    """X-115: in Berlin the clocks jump from 02:00 to 03:00 on 29 March 2026."""
    night = datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert Variables(now=lambda: night).expand(f"#today;%H:%M;{shift}") == local


def test_a_similar_name_is_a_warning() -> None:
    warnings: list[str] = []
    variables(warnings).expand("$usrname ${usr} %jobid $zzz")
    assert warnings == [
        "There is no $usrname; a similar name is $username.",
        "There is no $usr; a similar name is $user.",
        "There is no %jobid; a similar name is %jobId.",
    ]


@pytest.mark.parametrize(("strong", "weak"), list(itertools.combinations(RANKS, 2)))
def test_precedence_of_all_pairs_of_scopes(strong, weak) -> None:
    """X-114."""
    pair = [Variable("name", strong, strong), Variable("name", weak, weak)]
    assert Variables(pair).expand("$name") == strong
    assert Variables(reversed(pair)).expand("$name") == strong


def test_of_two_in_one_scope_the_newer_wins() -> None:
    assert Variables([Variable("n", "old", "feature"), Variable("n", "new", "feature")]).expand("$n") == "new"


def test_a_step_overrides_everything_for_the_rest_of_the_run() -> None:
    names = Variables([Variable("n", "supplied", "data", secret=True)])
    names.set("n", "own")
    assert names.expand("$n") == "own"
    found = names.get("n")
    assert found is not None
    assert found.secret


def test_a_name_of_the_data_is_never_written_to_the_store() -> None:
    """X-117."""
    names = Variables([Variable("row", "1", "data"), Variable("shop", "x", "environment")])
    assert names.set("row", "2", "environment") == "run"
    assert names.set("row", "3", "environment") == "run"
    assert names.set("shop", "y", "environment") == "environment"
    assert names.set("new", "z", "environment") == "environment"
    assert names.set("new", "z", "run") == "run"


def test_parameters_can_be_set_and_removed() -> None:
    names = variables()
    names.set_parameter("js_return", "42")
    assert names.expand("%js_return") == "42"
    names.set_parameter("js_return", None)
    assert names.parameter("js_return") is None
    assert names.expand("%js_return") == "%js_return"


def test_a_forgotten_name_stands_for_the_stored_value_again() -> None:
    names = Variables([Variable("n", "stored", "feature"), Variable("n", "wide", "department")])
    assert not names.forget("n")
    names.set("n", "own", secret=True)
    assert names.forget("n")
    assert names.expand("$n") == "stored"
    assert names.shows_secret("it was own")
    names.set("n", "new", "environment")
    names.set("n", "own")
    assert names.forget("n")
    assert names.expand("$n") == "new"
    assert not names.forget("unknown")


def test_a_name_of_the_data_is_visible_again_when_what_a_step_set_is_forgotten() -> None:
    """X-117."""
    names = Variables([Variable("row", "1", "data")])
    names.set("row", "2", "environment")
    assert names.forget("row")
    assert names.expand("$row") == "1"
