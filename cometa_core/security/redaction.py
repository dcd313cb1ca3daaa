"""Masking secrets in texts and files.  Contract: runner G.5, X-118 to X-121.

Recognised are the raw value, each line of one of several lines, Base64 and Base64url at all three alignments, and all
of these behind the escapes of addresses, HTML, JSON and program text, two layers deep.
"""

import base64
import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from cometa_core.security.escapes import Escapes

MASK: Final = "[MASKED]"
"""What stands in the place of a secret."""

SHORTEST_ANYWHERE: Final = 4
"""Characters from which on a secret is masked inside of longer texts; shorter ones are only as a whole value."""

_LAYERS = 2
_BLOCK_BYTES = 1 << 20
# The longest way to write one character that is looked for: a numeric entity with leading zeros, escaped once more.
_WIDEST_CHARACTER = 24
# Texts are cut before they come here, and a cut can go through a secret.
_CUT = re.compile(r"\.\.\. \([\d,]+ more characters\)| \.\.\. \d+ bytes left out \.\.\.")

Span = tuple[int, int]
"""Begin and end of a part of a text."""


class Redactor:
    """Masks a set of secrets; more can be added while it is at work, also from another thread.

    Attributes:
        has_short: a secret is too short to be masked inside of longer texts.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._needles: frozenset[str] = frozenset()
        self._short: frozenset[str] = frozenset()
        self._automaton: Any = None
        self._escapes = Escapes()
        self._longest = 0
        self.add(*secrets)

    @property
    def has_short(self) -> bool:
        """Tell whether a secret is too short to be masked inside of longer texts."""
        return bool(self._short)

    def add(self, *secrets: str) -> None:
        """Mask further secrets from now on."""
        needles, short = set(self._needles), set(self._short)
        for secret in filter(str.strip, secrets):
            if len(secret.strip()) < SHORTEST_ANYWHERE:
                short.add(secret.strip())
            for part in (secret, secret.strip(), *map(str.strip, secret.splitlines())):
                if len(part) >= SHORTEST_ANYWHERE:
                    needles |= {part, *base64_forms(part.encode("utf-8", "replace"))}
        if needles != self._needles:
            self._escapes = Escapes({character for needle in needles for character in needle})
            self._automaton = _automaton_of(needles)
            self._longest = max(map(len, needles))
        self._needles, self._short = frozenset(needles), frozenset(short)

    def text(self, text: str) -> str:
        """Return a text with every known form of every secret masked."""
        if self._short and text.strip() in self._short:
            return MASK
        text = _masked(text, self._spans(text, _LAYERS))
        for short in self._short:
            # In messages a value of its own stands between quotes.
            text = text.replace(f'"{short}"', f'"{MASK}"')
        return text

    def document(self, value: Any) -> Any:
        """Return a JSON document with all its texts masked, names of keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.document(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.document(item) for item in value]
        return value

    def stream(self, source: BinaryIO, target: BinaryIO) -> None:
        """Copy a text file of any size with its secrets masked; all other bytes stay as they are.

        Blocks overlap, so that a secret on their border is found.  UTF-16 is known by its mark at the begin.
        """
        head = source.read(2)
        source.seek(0)
        wide = head in {b"\xff\xfe", b"\xfe\xff"}
        encoding, errors = ("utf-16", "surrogatepass") if wide else ("utf-8", "surrogateescape")
        if wide:
            # Its mark is written once, so it is not cut into blocks.
            target.write(self.text(source.read().decode(encoding, errors)).encode(encoding, errors))
            return
        rest = ""
        for block in _text_blocks(source, encoding, errors):
            rest = self._write_certain(rest + block, target, errors)
        target.write(_masked(rest, self._spans(rest, _LAYERS)).encode(encoding, errors))

    def _write_certain(self, text: str, target: BinaryIO, errors: str) -> str:
        """Write what no later block can change and return the rest."""
        spans = self._spans(text, _LAYERS)
        border = max(0, len(text) - self._longest * _WIDEST_CHARACTER)
        for begin, end in spans:
            if begin < border < end:
                border = end
        certain = [span for span in spans if span[1] <= border]
        target.write(_masked(text[:border], certain).encode("utf-8", errors))
        return text[border:]

    def _spans(self, text: str, layers: int) -> list[Span]:
        """Find what is to be masked, in order and without overlaps."""
        automaton = self._automaton
        if automaton is None:
            return []
        found = [(end + 1 - length, end + 1) for end, length in automaton.iter(text)]
        found += self._cut_secrets(text)
        if layers:
            for plain in self._escapes.plain_forms(text):
                found += [plain.written(begin, end) for begin, end in self._spans(plain.text, layers - 1)]
        return _joined(found)

    def _cut_secrets(self, text: str) -> Iterator[Span]:
        """Find the begin of a secret before each place where a text was cut.  Contract: X-119."""
        for cut in _CUT.finditer(text):
            end = cut.start()
            lengths = [_common_length(needle, text, end) for needle in self._needles]
            if any(lengths):
                yield end - max(lengths), end


def base64_forms(raw: bytes) -> set[str]:
    """Return what of a secret is certain in Base64 text, at each of the three alignments."""
    forms = set()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
        # Characters that mix in neighbouring bytes are unknown: cut them off at both ends.
        first = (0, 2, 3)[lead]
        last = (lead + len(raw)) * 8 // 6
        certain = coded[first:last]
        forms |= {certain, certain.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= SHORTEST_ANYWHERE}


def _automaton_of(needles: Iterable[str]) -> Any:
    import ahocorasick  # noqa: PLC0415 - a web process that masks nothing need not load it

    automaton = ahocorasick.Automaton()
    for needle in needles:
        automaton.add_word(needle, len(needle))
    automaton.make_automaton()
    return automaton


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _masked(text: str, spans: list[Span]) -> str:
    if not spans:
        return text
    parts, done = [], 0
    for begin, end in spans:
        parts += [text[done:begin], MASK]
        done = end
    return "".join([*parts, text[done:]])


def _common_length(needle: str, text: str, end: int) -> int:
    """Return how many characters of a secret end at a place of a text; 0 for less than four."""
    longest = min(len(needle) - 1, end)
    lengths = range(longest, SHORTEST_ANYWHERE - 1, -1)
    return next((length for length in lengths if text.startswith(needle[:length], end - length)), 0)


def _text_blocks(source: BinaryIO, encoding: str, errors: str) -> Iterator[str]:

    decoder = codecs.getincrementaldecoder(encoding)(errors)
    while block := source.read(_BLOCK_BYTES):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
