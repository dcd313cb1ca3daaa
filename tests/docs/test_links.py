"""Links of all pages lead to files, folders and headings that exist."""

import re

LINK = re.compile(r"\]\((?!https?:)(?P<target>[^)\s#]*)(?:#(?P<anchor>[^)\s]+))?\)")
DOORS = {"README.md", "docs/README.md"}
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def anchors_of(page):
    """Anchors of the headings of a page, made as GitHub makes them."""
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(page.prose))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def links_of(page):
    return [(found["target"], found["anchor"]) for found in LINK.finditer(page.prose)]


def test_relative_links_lead_to_something_that_exists(pages):
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target, _ in links_of(page)
        if not (page.path.parent / target).exists()
    ]
    assert broken == []


def test_anchors_are_headings_of_the_page_that_they_name(pages):
    by_path = {page.path: page for page in pages}
    broken = []
    for page in pages:
        for target, anchor in links_of(page):
            addressed = by_path.get((page.path.parent / target).resolve()) if target else page
            if anchor and (addressed is None or anchor not in anchors_of(addressed)):
                broken.append(f"{page.name}: {target}#{anchor}")
    assert broken == []


def test_every_page_is_linked_from_another(pages):
    linked = {(page.path.parent / target).resolve() for page in pages for target, _ in links_of(page) if target}
    reached = linked | {folder / "README.md" for folder in linked}
    alone = [page.name for page in pages if page.path not in reached and page.name not in DOORS]
    assert alone == []
