"""What is sent to a webhook, in the form that its application reads.  Contract: runner L, K.1."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

APPLICATIONS = ("Discord", "Mattermost", "Slack", "generic")

MARKS = {"Success": "\u2705", "Failed": "\u274c", "Error": "\u274c", "Timeout": "\u23f1\ufe0f", "Canceled": "\u26d4",
         "Missed": "\u26a0\ufe0f", "Skipped": "\u26a0\ufe0f"}  # fmt: skip
LONGEST_TEXT = 1800
"""Characters of a message; Discord takes 2000."""

_MARKDOWN = re.compile(r"([\\`*_~|>\[\]()#])")


def body_for(application: str, facts: Mapping[str, Any]) -> bytes:
    """Write the body of a call: the same for every try of a message.

    Args:
        application: one of ``APPLICATIONS``.
        facts: what is told.
    """
    document = _FORMS[application](facts)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _generic(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write the envelope of events with the result as its data."""
    kept = ("feature_id", "run_id", "feature_result_id", "department_id", "at")
    data = {**facts.get("event", {}), **_told(facts)}
    return {"seq": facts.get("seq", 0), "type": facts.get("type", "result.finished"), "data": data} | {
        key: facts.get(key) for key in kept
    }


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    names = ("feature_name", "state", "reason", "text", "browser", "url", "ok", "fails", "skipped", "total")
    return {name: facts.get(name) for name in names}


def _discord(facts: Mapping[str, Any]) -> dict[str, Any]:
    # Nobody is called by a name in a feature.
    return {"content": _lines(facts, _markdown), "allowed_mentions": {"parse": []}}


def _mattermost(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": _lines(facts, lambda text: _markdown(text).replace("@", "@\u200b"))}


def _slack(facts: Mapping[str, Any]) -> dict[str, Any]:
    def written(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    return {"text": _lines(facts, written, bold="*")}


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "Discord": _discord,
    "Mattermost": _mattermost,
    "Slack": _slack,
    "generic": _generic,
}


def _markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _lines(facts: Mapping[str, Any], written: Callable[[str], str], bold: str = "**") -> str:
    state = str(facts["state"])
    name = written(" ".join(str(facts["feature_name"]).split()))
    lines = [f"{MARKS.get(state, '')} {bold}{name}{bold}: {state}".strip()]
    if "total" in facts:
        lines.append("{ok} ok, {fails} failed, {skipped} skipped, {total} in all".format_map(facts))
    if facts.get("browser"):
        lines.append(written(str(facts["browser"])))
    if facts.get("text"):
        lines.append(written(" ".join(str(facts["text"]).split()))[:500])
    if facts.get("url"):
        lines.append(str(facts["url"]))
    return "\n".join(lines)[:LONGEST_TEXT]
