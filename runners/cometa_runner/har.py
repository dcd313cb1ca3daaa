"""From events of WebDriver BiDi to entries of a HAR 1.2 file.

Contract: runner I.1.  All functions are pure; times are milliseconds since 1970.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

BODY_BYTES: Final = 65536
"""Longest body that is kept."""

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml", "application/x-www-form")


def har_entry(
    event: Mapping[str, Any], body: Mapping[str, Any] | None, sent: str | None, comment: str
) -> dict[str, Any]:
    """Write one exchange.

    Args:
        event: parameters of ``network.responseCompleted`` or ``network.fetchError``.
        body: ``bytes`` of ``network.getData`` for the response; None where it is not kept.
        sent: body of the request; None where there is none.
        comment: which step it belongs to.
    """
    request, response = event["request"], event.get("response")
    timings = timings_of(request.get("timings") or {})
    entry = {
        "startedDateTime": moment_text(float(event.get("timestamp") or 0) - sum(map(_positive, timings.values()))),
        "time": round(sum(map(_positive, timings.values())), 3),
        "request": _request(request, sent),
        "response": _response(response, body) if response else _no_response(str(event.get("errorText") or "")),
        "cache": {},
        "timings": timings,
        "comment": comment,
    }
    if request.get("goog:resourceType"):
        entry["_resourceType"] = str(request["goog:resourceType"]).lower()
    return entry


def is_text(response: Mapping[str, Any]) -> bool:
    """Tell whether the body of a response is kept: a text of moderate length.  Contract: runner I.1."""
    kind = str(response.get("mimeType") or "").lower()
    size = (response.get("content") or {}).get("size") or response.get("bodySize") or 0
    return size <= BODY_BYTES and (kind.startswith(_TEXT_TYPES) or kind.partition(";")[0].endswith(("+json", "+xml")))


def timings_of(told: Mapping[str, Any]) -> dict[str, float]:
    """Give the phases of HAR in milliseconds; -1 for those that did not happen."""

    def between(begin: str, end: str) -> float:
        first, last = float(told.get(begin) or 0), float(told.get(end) or 0)
        return round(last - first, 3) if first and last and last >= first else -1

    wait = between("requestStart", "responseStart")
    return {
        "blocked": -1,
        "dns": between("dnsStart", "dnsEnd"),
        "connect": between("connectStart", "connectEnd"),
        "ssl": between("tlsStart", "connectEnd"),
        "send": 0,
        "wait": max(wait, 0),
        "receive": max(between("responseStart", "responseEnd"), 0),
    }


def moment_text(milliseconds: float) -> str:
    """Write a moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(max(0.0, milliseconds) / 1000, UTC).isoformat(timespec="milliseconds")


def _request(request: Mapping[str, Any], sent: str | None) -> dict[str, Any]:
    headers = headers_of(request.get("headers") or ())
    address = str(request.get("url") or "")
    written: dict[str, Any] = {
        "method": str(request.get("method") or ""),
        "url": address,
        "httpVersion": "",
        "cookies": _cookies(request.get("cookies") or ()),
        "headers": headers,
        "queryString": [{"name": name, "value": value} for name, value in _query(address)],
        "headersSize": _size(request.get("headersSize")),
        "bodySize": _size(request.get("bodySize")),
    }
    if sent is not None:
        written["postData"] = {"mimeType": _header(headers, "content-type"), "text": sent[:BODY_BYTES]}
    return written


def _response(response: Mapping[str, Any], body: Mapping[str, Any] | None) -> dict[str, Any]:
    headers = headers_of(response.get("headers") or ())
    content: dict[str, Any] = {
        "size": _size((response.get("content") or {}).get("size")),
        "mimeType": str(response.get("mimeType") or ""),
    }
    if body is not None:
        content["text"] = text_of(body)
    return {
        "status": int(response.get("status") or 0),
        "statusText": str(response.get("statusText") or ""),
        "httpVersion": str(response.get("protocol") or ""),
        "cookies": [],
        "headers": headers,
        "content": content,
        "redirectURL": _header(headers, "location"),
        "headersSize": _size(response.get("headersSize")),
        "bodySize": _size(response.get("bodySize")),
    }


def _no_response(reason: str) -> dict[str, Any]:
    return {
        "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
        "content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1,
        "_error": reason,
    }  # fmt: skip


def headers_of(headers: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give names and values of headers as texts."""
    return [{"name": str(header.get("name") or ""), "value": text_of(header.get("value") or {})} for header in headers]


def text_of(value: Mapping[str, Any]) -> str:
    """Read a value of BiDi, which is a text or bytes in Base64.

    Bytes are read as text: Base64 would hide what is to be masked.
    """
    text = str(value.get("value") or "")
    return base64.b64decode(text).decode("utf-8", "replace") if value.get("type") == "base64" else text


def _cookies(cookies: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"name": str(cookie.get("name") or ""), "value": text_of(cookie.get("value") or {})} for cookie in cookies]


def _header(headers: Sequence[Mapping[str, str]], name: str) -> str:
    return next((header["value"] for header in headers if header["name"].lower() == name), "")


def _query(address: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError:
        return []


def _size(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else -1


def _positive(value: float) -> float:
    return max(0.0, value)
