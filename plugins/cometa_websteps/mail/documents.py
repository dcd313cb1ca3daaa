"""A received mail as an object that other sentences can look into."""

import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

LONGEST_TEXT = 40_000
"""Characters of text and HTML that are kept each."""

MOST_LINKS = 200

_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


class _Reader(HTMLParser):
    """Collects the targets of links, and what is seen of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.seen: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._hidden += 1
        if tag in {"br", "p", "div", "tr", "li"}:
            self.seen.append("\n")
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.seen.append(data)


def as_document(mail: EmailMessage) -> dict[str, Any]:
    """Return a mail as an object.

    Returns:
        ``subject``, ``from``, ``to``, ``date``, ``text``, ``html``, ``links`` (targets in order, each once) and
        ``attachments`` (names of files).
    """
    html = _content(mail, "html")
    reader = _Reader()
    reader.feed(html)
    text = _content(mail, "plain") or "\n".join(
        line for line in (" ".join(part.split()) for part in "".join(reader.seen).splitlines()) if line
    )
    links = [*reader.links, *(found.rstrip(".,;:!?)") for found in _ADDRESS.findall(text))]
    return {
        **{name: " ".join(str(mail[name] or "").split()) for name in ("subject", "from", "to", "date")},
        "text": text[:LONGEST_TEXT],
        "html": html[:LONGEST_TEXT],
        "links": list(dict.fromkeys(links))[:MOST_LINKS],
        "attachments": [part.get_filename() or "" for part in mail.iter_attachments()],
    }


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        found = part.get_content()
    except (LookupError, UnicodeError):
        # A character set that nobody knows; the bytes may still be readable.
        payload = part.get_payload(decode=True)
        found = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return found.replace("\r\n", "\n").replace("\0", "\ufffd") if isinstance(found, str) else ""
