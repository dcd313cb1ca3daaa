"""What stands in a mail: subject, text and HTML.  Contract: runner L."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from cometa_notifications.mail.gallery import Gallery
from cometa_notifications.mail.words import expand

TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
"""A text that has one is HTML."""

LONGEST_SUBJECT = 250
MOST_FAILED_STEPS = 5

COLOURS = {"Success": "#1a7f37", "Failed": "#b42318", "Error": "#b42318", "Timeout": "#b54708", "Missed": "#b54708",
           "Skipped": "#b54708"}  # fmt: skip
_LINE_ENDS = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class FailedStep:
    """A step that failed, with the first line of its error."""

    number: int
    name: str
    error: str


@dataclass(frozen=True)
class Letter:
    """A mail without its envelope.

    Attributes:
        subject: one line.
        text: for readers without HTML.
        html: a whole document.
        pictures: content id -> PNG.
    """

    subject: str
    text: str
    html: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def compose(
    content: Mapping[str, Any], gallery: Gallery, failed: Sequence[FailedStep] = (), remark: str = ""
) -> Letter:
    """Write a mail.

    Args:
        content: ``subject``, ``body``, ``default_text`` (whether our own text follows), ``facts``.
        gallery: pictures that the text may name.
        failed: failed steps for our own text.
        remark: sentence that stands last, whoever wrote the text.
    """
    facts = content["facts"]
    subject = content["subject"] or "$feature_name: $state"
    texts, documents = [], []
    if content["body"].strip():
        documents.append(_own_html(content["body"], facts, gallery))
        texts.append(_own_text(content["body"], facts, gallery))
    if content["default_text"]:
        texts.append("\n".join(_default_lines(facts, failed)))
        documents.append(_default_html(facts, failed))
    if remark:
        texts.append(remark)
        documents.append(f'<p style="font-family:sans-serif;font-size:14px">{escape(remark)}</p>')
    html = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{"<hr>".join(documents)}\n</body></html>\n'
    )
    line = one_line(expand(subject, facts, lambda _which: ""))
    return Letter(line[:LONGEST_SUBJECT], printable("\n\n".join(texts)) + "\n", printable(html), gallery.used)


def one_line(text: str) -> str:
    """Put a text on one line, as headers need it."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """Leave out control characters other than tabs and line ends."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain_text(html: str) -> str:
    """Write the text of an HTML document without its tags."""
    visible = _HIDDEN.sub("", html)
    return unescape(TAG.sub("", _LINE_ENDS.sub("\n", visible))).strip()


def _own_text(body: str, facts: Mapping[str, Any], gallery: Gallery) -> str:
    text = plain_text(body) if TAG.search(body) else body.strip()

    def named(which: str) -> str:
        return f"(screenshot {which})" if gallery.content_id(which) else _missing(which)

    return expand(text, facts, named)


def _own_html(body: str, facts: Mapping[str, Any], gallery: Gallery) -> str:
    def shown(which: str) -> str:
        name = gallery.content_id(which)
        if name is None:
            return escape(_missing(which))
        return f'<img src="cid:{name}" alt="screenshot {escape(which)}" style="max-width:100%">'

    is_html = TAG.search(body) is not None
    document = body if is_html else escape(body.strip()).replace("\n", "<br>\n")
    return f"<div>{expand(document, facts, shown, escape)}</div>"


def _missing(which: str) -> str:
    return f"(screenshot {which} is not available)"


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Feature", str(facts["feature_name"])
    yield "Result", str(facts["state"])
    if facts.get("text"):
        yield "Reason", one_line(str(facts["text"]))
    if "total" in facts:
        yield "Steps", "{ok} ok, {fails} failed, {skipped} skipped, {total} in all".format_map(facts)
    if facts.get("execution_ms"):
        yield "Duration", f"{facts['execution_ms'] / 1000:.1f} s"
    if facts.get("browser"):
        yield "Browser", str(facts["browser"])
    yield "Time", str(facts["at"])


def _default_lines(facts: Mapping[str, Any], failed: Sequence[FailedStep]) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in _rows(facts))
    if failed:
        yield ""
        yield "Failed steps:"
    for step in failed:
        yield f"  {step.number}. {step.name}"
        yield f"     {step.error}"
    if facts.get("url"):
        yield ""
        yield str(facts["url"])


def _default_html(facts: Mapping[str, Any], failed: Sequence[FailedStep]) -> str:
    colour = COLOURS.get(str(facts["state"]), "#475467")
    cells = "\n".join(
        f'<tr><th align="left" style="padding-right:1em">{escape(name)}</th>'
        f"<td{_style(name, colour)}>{escape(value)}</td></tr>"
        for name, value in _rows(facts)
    )
    parts = [f'<table cellpadding="3" style="font-family:sans-serif;font-size:14px">\n{cells}\n</table>']
    if failed:
        items = "\n".join(
            f'<li value="{step.number}">{escape(step.name)}<br><small>{escape(step.error)}</small></li>'
            for step in failed
        )
        parts.append(
            f'<div style="font-family:sans-serif;font-size:14px"><b>Failed steps</b><ol>\n{items}\n</ol></div>'
        )
    if facts.get("url"):
        url = escape(str(facts["url"]))
        parts.append(f'<p style="font-family:sans-serif;font-size:14px"><a href="{url}">Open the result</a></p>')
    return "\n".join(parts)


def _style(name: str, colour: str) -> str:
    return f' style="color:{colour};font-weight:bold"' if name == "Result" else ""
