"""README and the documents say what is true: every setting, command, target and path named there exists."""

import re
from pathlib import Path

import click
import pytest

from social_rx import cli
from social_rx.config import PREFIX, SETTINGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
NOT_IN_THE_TABLE = {"SOCIAL_RX_INSTANCE"}  # asked for before there are settings


def default_of(value: object) -> str:
    if value is None:
        return ""
    return f"`{'yes' if value else 'no'}`" if isinstance(value, bool) else f"`{value}`"


def commands(group: click.Group, path: str = "social-rx") -> set[str]:
    """Every command that does something, in full: `social-rx postcodes load`."""
    found: set[str] = set()
    for name, command in group.commands.items():
        full = f"{path} {name}"
        found |= commands(command, full) if isinstance(command, click.Group) else {full}
    return found


def commands_named_in(text: str, known: set[str]) -> set[str]:
    """The known command that each `social-rx …` in the text begins with; else what stands there."""
    named = re.findall(r"`(social-rx [a-z][^`]*)`", text)
    return {next((command for command in known if f"{line} ".startswith(f"{command} ")), line) for line in named}


def settings_rows(text: str) -> list[str]:
    return re.findall(rf"^\| `{PREFIX}\w+` .*$", text, re.MULTILINE)


def test_the_table_of_settings_is_the_list_in_the_code():
    rows = [f"| `{PREFIX}{found.name}` | {default_of(found.default)} | {found.says} |" for found in SETTINGS]

    assert settings_rows(README) == rows


def test_every_setting_named_in_the_readme_exists():
    named = set(re.findall(rf"{PREFIX}[A-Z_]+[A-Z]", README))

    assert named - NOT_IN_THE_TABLE == {PREFIX + found.name for found in SETTINGS}


def test_every_make_target_is_in_the_readme_and_the_other_way_round():
    targets = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b(?= *[`#A-Z])", README)) == targets
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()) == targets


def test_every_command_is_in_the_readme_and_the_other_way_round():
    groups = [found for found in vars(cli).values() if isinstance(found, click.Group)]
    known = max(map(commands, groups), key=len)

    assert commands_named_in(README, known) == known


def test_a_command_that_does_not_exist_is_found():
    known = {"social-rx user add", "social-rx serve"}

    assert commands_named_in("`social-rx user add` and `social-rx fly HIGH`", known) - known == {"social-rx fly HIGH"}


def test_everything_on_the_map_of_the_code_exists():
    [the_map] = re.findall(r"## Map of the code\n\n```\n(.*?)```", README, re.DOTALL)
    paths = [line.split()[0] for line in the_map.splitlines()]

    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_every_link_between_documents_leads_somewhere(document):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_glossary_uses_names_that_the_code_uses():
    table = re.findall(r"^\|[^|]+\|[^|]+\|([^|]*)\|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    source = "\n".join(path.read_text() for path in (ROOT / "social_rx").rglob("*.py"))
    names = {name for cell in table for name in re.findall(r"`([A-Z]\w+)(?:\.\w+)?`", cell)}

    assert {name for name in names if not re.search(rf"^class {name}\b", source, re.MULTILINE)} == set()
    assert len(names) > 15


def test_every_decision_has_its_four_parts_and_a_line_in_the_list():
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text())

    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        headings = re.findall(r"^## (.*)$", (folder / name).read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], name
