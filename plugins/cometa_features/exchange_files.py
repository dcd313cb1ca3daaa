"""Exported features as files: in a folder, in a ZIP archive, or one pair.

Of each feature there are two files of one name: ``.feature`` for people and ``.json`` with everything.  A text without
a document is imported too, and so is a ``.json`` file with nothing but the list of steps.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field

from cometa_core.errors import CometaError, Invalid, NotFound
from cometa_core.web.validation import Body, parse_object, validate_body
from cometa_features.exchange_gherkin import Story, merged_steps, read_story, written_story

FORMAT = "cometa-feature/1"
TEXT, DOCUMENT, ARCHIVE = ".feature", ".json", ".zip"


class ExchangeDocument(Body):
    """Everything about an exported feature; other objects are named, since their keys mean nothing elsewhere."""

    format: Literal["cometa-feature/1"] = "cometa-feature/1"
    slug: str
    department: str
    application: str
    environment: str
    folder: list[str] = Field(max_length=20)
    feature: dict[str, Any]
    steps: list[dict[str, Any]]


@dataclass(frozen=True)
class Draft:
    """A feature that was read from files and is to be stored.

    Attributes:
        file: name of its file for messages.
        folder: names of the folders that it is in, from the outermost.
        fields: settings that the file tells, ``feature_name`` always.
        steps: documents of the steps.
        document: what the file of settings says; None when there is only a text or a list of steps.
        story: what the text says, when there is nothing else: flags of steps are then not told.
    """

    file: str
    folder: tuple[str, ...]
    fields: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]] = field(default_factory=list)
    document: ExchangeDocument | None = None
    story: Story | None = None


def write_files(files: Mapping[str, str], target: Path) -> None:
    """Write files into a folder or, by its suffix, a ZIP archive; what has another name there stays."""
    if target.suffix.lower() == ARCHIVE:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return
    for name, text in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def document_text(document: ExchangeDocument) -> str:
    """Write the document of a feature so that differences between two are easy to see."""
    return json.dumps(document.model_dump(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def story_text(document: ExchangeDocument) -> str:
    """Write the text of a feature from its document."""
    return written_story(document.feature["feature_name"], document.feature.get("description"), document.steps)


def part_file(name: str) -> str:
    """Name the file of what a plugin adds to an export; no feature has such a name."""
    return f"cometa.{name}{DOCUMENT}"


def part_text(name: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Write what a plugin adds to an export."""
    document = {"format": f"cometa-{name}/1", "entries": list(entries)}
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read_part(source: Path, name: str) -> list[dict[str, Any]]:
    """Read what a plugin added to an export; nothing where the file is missing or of another kind.

    Raises:
        Invalid: ``bad_feature_file``.
    """
    raw = dict(_files_of(source)).get(part_file(name)) if _holds_several(source) else None
    value = None if raw is None else _parsed(raw, part_file(name))
    if not isinstance(value, dict) or value.get("format") != f"cometa-{name}/1":
        return []
    entries = value.get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Invalid(f"{part_file(name)}:1: entries must be a list of objects.", code="bad_feature_file")
    return entries


def stem_of(source: Path, file: str) -> str:
    """Return what other parts of an import call a feature, from the name of its file in messages."""
    return str(PurePosixPath(file.removeprefix(f"{_label(source)}/")).with_suffix(""))


def _holds_several(source: Path) -> bool:
    return source.is_dir() or source.suffix.lower() == ARCHIVE


def _label(source: Path) -> str:
    return str(source) if source.is_dir() else str(source.parent)


def read_drafts(source: Path) -> list[Draft]:
    """Read everything that can be imported from a folder, an archive or a file, by path.

    JSON files with anything but features are passed over in folders and archives: other parts of an export are there.

    Raises:
        NotFound: there is no such file or folder, or nothing to import in it.
        Invalid: ``bad_feature_file``; the sentence begins with the file and, where there is one, the line.
    """
    files = dict(_files_of(source))
    stems = sorted({str(PurePosixPath(name).with_suffix("")) for name in files})
    drafts = [draft for stem in stems if (draft := _draft(files, stem, _label(source))) is not None]
    if not drafts:
        raise NotFound(f"There is nothing to import in {source}: no {TEXT} file and no feature in a {DOCUMENT} file.")
    return drafts


def _files_of(source: Path) -> Iterator[tuple[str, str]]:
    try:
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.suffix in {TEXT, DOCUMENT} and path.is_file():
                    yield path.relative_to(source).as_posix(), path.read_text(encoding="utf-8-sig")
        elif source.suffix.lower() == ARCHIVE:
            with zipfile.ZipFile(source) as archive:
                for name in sorted(archive.namelist()):
                    if name.endswith((TEXT, DOCUMENT)):
                        yield name, archive.read(name).decode("utf-8-sig")
        else:
            yield source.name, source.read_text(encoding="utf-8-sig")
            beside = source.with_suffix(DOCUMENT if source.suffix == TEXT else TEXT)
            if beside.is_file():
                yield beside.name, beside.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"There is no file or folder {source}.") from error
    except (UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise Invalid(f"{source} cannot be read: {error}.", code="bad_feature_file") from error


def _draft(files: Mapping[str, str], stem: str, label: str) -> Draft | None:
    text, raw = files.get(stem + TEXT), files.get(stem + DOCUMENT)
    inside = PurePosixPath(stem)
    name = f"{label}/{stem}"
    value = None if raw is None else _parsed(raw, name + DOCUMENT)
    if isinstance(value, dict) and value.get("format") == FORMAT:
        return _from_document(_checked(value, name + DOCUMENT), text, name)
    if text is not None:
        story = read_story(text, name + TEXT)
        told = {"feature_name": story.name, **({"description": story.description} if story.description else {})}
        return Draft(name + TEXT, inside.parent.parts, told, merged_steps([], [], story.sentences), story=story)
    if isinstance(value, list):
        return Draft(name + DOCUMENT, inside.parent.parts, {"feature_name": inside.name}, value)
    return None


def _parsed(raw: str, name: str) -> Any:
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        text = f"{name}:{error.lineno}: This is not valid JSON: {error.msg}."
        raise Invalid(text, code="bad_feature_file") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{name}:1: This is not valid JSON: {error}.", code="bad_feature_file") from error


def _checked(value: Mapping[str, Any], name: str) -> ExchangeDocument:
    try:
        document = validate_body(ExchangeDocument, parse_object(json.dumps(value).encode()))
    except CometaError as error:
        raise Invalid(f"{name}:1: {error}", code="bad_feature_file", fields=error.fields) from error
    if not isinstance(document.feature.get("feature_name"), str) or not all(
        isinstance(step.get("step_content"), str) for step in document.steps
    ):
        sentence = "The feature needs the text feature_name, and each step the text step_content."
        raise Invalid(f"{name}:1: {sentence}", code="bad_feature_file")
    return document


def _from_document(document: ExchangeDocument, text: str | None, name: str) -> Draft:
    folder = tuple(document.folder)
    written = story_text(document)
    if text is None or text.replace("\r\n", "\n") == written:
        return Draft(name + DOCUMENT, folder, document.feature, document.steps, document)
    now = read_story(text, name + TEXT)
    before = read_story(written, name + TEXT) if document.steps else Story(now.name, "", ())
    if len(before.sentences) != len(document.steps):
        sentence = f"Its steps cannot be told apart by their text. Change {name}{DOCUMENT} and remove this file."
        raise Invalid(f"{name}{TEXT}:1: {sentence}", code="bad_feature_file")
    fields = dict(document.feature)
    if now.name != before.name or not document.steps:
        fields["feature_name"] = now.name
    if now.description:
        fields["description"] = now.description
    steps = merged_steps(document.steps, before.sentences, now.sentences)
    return Draft(name + TEXT, folder, fields, steps, document)
