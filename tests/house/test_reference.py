"""The generated reference pages say what the code says."""

from __future__ import annotations

import json
import re

import pytest

from scripts.reference import PAGES, REFERENCE
from tests.house.tree import PACKAGE, ROOT


@pytest.mark.parametrize("name", list(PAGES))
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    page = REFERENCE / name
    assert page.exists(), "run `make reference`"
    assert page.read_text(encoding="utf-8") == PAGES[name](), "run `make reference`"


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    listed = set(re.findall(r"[\w/-]+\.md", navigation))
    assert pages == listed, f"not listed: {sorted(pages - listed)}; gone: {sorted(listed - pages)}"


def test_the_docs_load_nothing_from_elsewhere() -> None:
    """Pages may link to papers; pictures, scripts and styles come from the docs folder itself."""
    wrong = [
        str(page)
        for page in (ROOT / "docs").rglob("*.md")
        if re.search(r"!\[[^\]]*\]\(\w+://|<(img|script|link)[^>]+://", page.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_no_text_calls_a_share_of_futures_a_probability() -> None:
    """The word is allowed where it is denied, defined, or means the chance inside one future's draw."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert "share of futures" in page
    claim = re.compile(r"\bprobability (of|that)\b", re.IGNORECASE)
    for path in [*(PACKAGE / "brief").rglob("*.py"), *(PACKAGE / "cli").rglob("*.py")]:
        assert not claim.search(path.read_text(encoding="utf-8")), path


def test_the_json_page_documents_an_example_that_parses() -> None:
    page = (REFERENCE / "json.md").read_text(encoding="utf-8")
    schemas = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert schemas
    for text in schemas:
        json.loads(text)


def test_the_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    assert targets
    assert not [target for target in targets if not (ROOT / target).exists()]
