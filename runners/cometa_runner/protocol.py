"""What worker and runner say to each other: one JSON object a line.

Importing this module loads nothing heavy: worker and web process use it too.  Contract: runner B.2, B.3, C.3.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, cast, final

PROTOCOL_VERSION = 1
"""Value of ``v`` in the plan and in every event."""

EXIT_FINISHED = 0
"""Exit code after ``finished`` was sent."""

EXIT_PROTOCOL = 3
"""Exit code when the plan cannot be understood.  Contract: X-038."""

EXIT_INTERNAL = 4
"""Exit code when the runner itself is broken."""

MARK_VARIABLE = "COMETA_ATTEMPT"
"""Environment variable that all processes of an attempt carry: ``<result id>:<fence>``.  Contract: runner B.6."""

EVENTS_DESCRIPTOR = 3
"""File descriptor that a runner writes its events to."""

TICK_SECONDS = 5.0
"""Seconds between two ``tick`` lines of the worker."""

SILENCE_SECONDS = 20.0
"""Seconds without a ``tick``, after the first one, until a runner quits.  Contract: runner A.4."""

HEARTBEAT_SECONDS = 2.0
"""Seconds between two ``heartbeat`` events."""

VERDICT_SECONDS = 10.0
"""Seconds that a runner waits for the verdict on a picture.  Contract: runner F.4."""

LINE_BYTES = 1_048_576
"""Longest line when the plan names no other limit."""

Status = Literal["Success", "Failed", "Skipped"]
"""Status of a step row.  Contract: steps section 8."""

SkipReason = Literal["branch", "after_failure", "cancelled", "finished_early"]
"""Why a step was not executed."""

Outcome = Literal["completed", "cancelled", "aborted"]
"""How an attempt ended."""

_TEXT_LIMITS = (100_000, 4_000, 500)


class ProtocolError(Exception):
    """A message is not one this version understands."""


class StepFlags(TypedDict):
    """Flags of a step.  Contract: steps section 9; ``timeout`` in seconds."""

    screenshot: bool
    compare: bool
    continue_on_failure: bool
    timeout: int
    max_diff: NotRequired[float | str | None]
    ignore_regions: NotRequired[list[Any] | None]


class Owner(TypedDict):
    """The feature that a step was written in."""

    feature_id: int
    feature_name: str


class Problem(TypedDict):
    """Why a step has no pattern."""

    code: Literal["undefined", "ambiguous"]
    near: list[str]


class StepNode(TypedDict):
    """A leaf: one sentence with its separated, unexpanded values."""

    kind: Literal["step"]
    uuid: str
    index: int
    keyword: str
    text: str
    pattern: str | None
    params: dict[str, str]
    flags: StepFlags
    owner: Owner
    problem: Problem | None


class LoopNode(TypedDict):
    """A counted loop; ``count`` and ``start`` are unexpanded."""

    kind: Literal["loop"]
    head: StepNode
    count: str
    start: str
    body: list["Node"]


@final
class Comparison(TypedDict):
    """An unexpanded comparison of two values."""

    left: str
    operator: str
    right: str


@final
class ElementState(TypedDict):
    """An unexpanded question for the state that an element is in right now."""

    selector: str
    state: str


Test: TypeAlias = Comparison | ElementState
"""What decides about a branch."""


class ForEachNode(TypedDict):
    """A loop over the entries of a list; ``name`` and ``list`` are unexpanded."""

    kind: Literal["foreach"]
    head: StepNode
    name: str
    body: list["Node"]
    list: str


class RepeatNode(TypedDict):
    """A loop that ends when its comparison holds; ``times`` is unexpanded."""

    kind: Literal["repeat"]
    head: StepNode
    times: str
    test: Comparison
    body: list["Node"]


class Branch(TypedDict):
    """One branch of a condition; ``Otherwise do`` has neither head nor test."""

    head: StepNode | None
    test: Test | None
    body: list["Node"]


class ConditionNode(TypedDict):
    """A condition with its branches in order."""

    kind: Literal["cond"]
    branches: list[Branch]


class CalledFeature(TypedDict):
    """The feature that a call inserts."""

    id: int
    name: str


class CallNode(TypedDict):
    """The inserted steps of another feature."""

    kind: Literal["call"]
    row_uuid: str
    feature: CalledFeature
    body: list["Node"]


Node: TypeAlias = StepNode | LoopNode | ForEachNode | RepeatNode | ConditionNode | CallNode
"""Anything that can stand in a plan."""


class MobileEmulation(TypedDict, total=False):
    """A device to imitate; ``$version`` in ``user_agent`` stands for the version of the browser."""

    width: int | None
    height: int | None
    pixel_ratio: float
    user_agent: str | None


class BrowserPlan(TypedDict, total=False):
    """The browser to use.

    ``capabilities`` are W3C capabilities to add, for instance ``proxy``; ``arguments`` are added to the command line;
    ``headless`` and ``insecure_certs`` are true unless said otherwise, ``headless`` of a remote browser false.
    ``username`` and ``password`` are for the hub at ``url``; ``vendor`` is true where the cloud alone decides about
    options, ``announce`` where it wants to know how a session ends before it ends.
    """

    kind: str
    family: str
    url: str | None
    capabilities: dict[str, Any]
    binary: str
    driver: str
    timezone: str | None
    session: str | None
    arguments: list[str]
    headless: bool
    insecure_certs: bool
    mobile: MobileEmulation | None
    cloud: str
    username: str
    password: str
    vendor: bool
    announce: bool


class PlanVariable(TypedDict):
    """A variable the run starts with."""

    name: str
    value: Any
    scope: str
    secret: bool


class Limits(TypedDict, total=False):
    """Limits the runner itself keeps; seconds, rows, rounds and bytes."""

    open_s: float
    feature_s: float
    step_grace_s: float
    rows: int
    loop_rounds: int
    line_bytes: int


class LibraryName(TypedDict):
    """A step library to load."""

    name: str
    module: str


class RunnerSettings(TypedDict, total=False):
    """Settings of the site that matter to steps."""

    see: Literal["present", "visible"]
    settle_seconds: float
    strict: bool
    testid: str
    screenshot_on_failure: bool
    ca_file: str
    sql_rows: int


class Egress(TypedDict, total=False):
    """Rules of the egress policy as text, see ``cometa_runner.egress``; a plan without them has the defaults."""

    deny: list[str]
    own: list[str]
    allow: list[str]


class Visual(TypedDict, total=False):
    """``gate``: uuids of steps that wait for a verdict; ``stable``: compare only pictures that stopped changing."""

    gate: dict[str, bool]
    stable: bool


class PlanMessage(TypedDict):
    """The first control line.  Contract: runner B.2; unknown keys are ignored."""

    v: int
    type: Literal["plan"]
    feature: dict[str, Any]
    tree: list[Node]
    workdir: str
    libraries: list[LibraryName]
    browser: BrowserPlan | None
    result: NotRequired[int]
    attempt: NotRequired[int]
    run: NotRequired[int]
    flags: NotRequired[dict[str, Any]]
    variables: NotRequired[list[PlanVariable]]
    parameters: NotRequired[dict[str, str]]
    inline: NotRequired[dict[str, str]]
    secrets: NotRequired[list[str]]
    limits: NotRequired[Limits]
    settings: NotRequired[RunnerSettings]
    visual: NotRequired[Visual]
    egress: NotRequired[Egress]


class Counts(TypedDict):
    """Totals of an attempt: numbers of step rows.  Contract: X-071."""

    ok: int
    fails: int
    skipped: int


class StepError(TypedDict):
    """Why a step failed; ``message`` is the whole text for testers.  Contract: runner D.5, D.6."""

    code: str
    message: str
    expected: str
    found: str
    tried: list[str]
    waited_ms: int | None


def encode(message: Mapping[str, Any]) -> bytes:
    """Write a message as one line of UTF-8; what has no UTF-8 form becomes ``?``."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def encode_within(message: Mapping[str, Any], limit: int) -> bytes:
    """Write a message as a line of at most ``limit`` bytes by cutting long texts; each cut is said in the text.

    Raises:
        ProtocolError: the message is too long even so.  Contract: runner B.3.
    """
    line = encode(message)
    for longest in _TEXT_LIMITS:
        if len(line) <= limit:
            return line
        line = encode(_cut(message, longest))
    if len(line) > limit:
        raise ProtocolError(f"An event of type {message.get('type')} has {len(line)} bytes, allowed are {limit}.")
    return line


def decode(line: bytes) -> dict[str, Any]:
    """Read one line.

    Raises:
        ProtocolError: it is not one JSON object.
    """
    try:
        message = json.loads(line)
    except ValueError as error:
        raise ProtocolError(f"A message is not JSON: {error}.") from error
    if not isinstance(message, dict):
        raise ProtocolError(f"A message is {type(message).__name__}, expected an object.")
    return message


def read_plan(line: bytes) -> PlanMessage:
    """Read and check the first control line.

    Raises:
        ProtocolError: not a plan, or of another protocol version.  Contract: X-038.
    """
    message = decode(line)
    if message.get("type") != "plan":
        raise ProtocolError(f"The first message is of type {message.get('type')!r}, expected 'plan'.")
    if message.get("v") != PROTOCOL_VERSION:
        raise ProtocolError(f"The plan has protocol version {message.get('v')!r}, expected {PROTOCOL_VERSION}.")
    for key, kind in (("tree", list), ("workdir", str), ("libraries", list), ("feature", dict)):
        if not isinstance(message.get(key), kind):
            raise ProtocolError(f"The plan has no usable {key!r}.")
    message.setdefault("browser", None)
    return cast("PlanMessage", message)


def _cut(value: Any, longest: int) -> Any:
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}... ({len(value) - longest:,} more characters)"
    if isinstance(value, Mapping):
        return {key: _cut(inner, longest) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(inner, longest) for inner in value]
    return value
