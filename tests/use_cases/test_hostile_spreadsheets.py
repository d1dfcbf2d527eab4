"""Files that are broken, or made to break whoever reads them: each is refused in one line, and nothing is stored."""

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from social_rx.db import db
from social_rx.directory import imports
from social_rx.directory.import_mappings import mapping_from
from social_rx.directory.models import Import, Organisation, Service
from social_rx.directory.sheets import Limits
from social_rx.errors import InvalidInput
from social_rx.users import SYSTEM

MAPPING = mapping_from(
    {
        "source": "hostile",
        "title": "Hostile files",
        "identity": {"organisation": ["name"], "service": ["name"]},
        "organisation": {"name": "name"},
        "service": {"name": "name", "description": "about"},
    }
)
SMALL = Limits(megabytes=1, rows=50, columns=10, characters=100)
GOOD = b"name,about\nWalks,Every Tuesday\n"


def put(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def load(path: Path, limits: Limits = SMALL):
    return imports.import_listings(SYSTEM, path, MAPPING, limits=limits)


def workbook(*rows: list) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """A workbook in which one part was replaced, as somebody with a text editor would."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            if item != name:
                new.writestr(item, old.read(item))
        new.writestr(name, part)
    return changed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook(["name", "about"], ["Walks", "Every Tuesday"])
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ENTITY = (
    f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
).encode()
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row>'
    "</sheetData></worksheet>"
).encode()
FAR_ROW = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>about</t></is></c></row><row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'
    "</sheetData></worksheet>"
).encode()

REFUSED = [
    ("an empty file", "file.csv", b"", "is empty"),
    ("only blank lines", "file.csv", b"\n\n , \n", "is empty"),
    ("a workbook called CSV", "file.csv", BOOK, "named like CSV but holds Excel"),
    ("JSON called CSV", "file.csv", b'[{"name": "x"}]', "named like CSV but holds JSON"),
    ("text called a workbook", "file.xlsx", GOOD, "named like Excel but holds CSV"),
    ("an old Excel file", "file.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
    ("a PDF", "file.csv", b"%PDF-1.7", "PDF"),
    ("gzip", "file.csv", b"\x1f\x8b" + bytes(10), "compressed"),
    ("another zip", "file.xlsx", with_part(BOOK, "[Content_Types].xml", b"")[:40], "cannot be opened"),
    ("Latin-1", "file.csv", "name,about\nCafé,x\n".encode("latin-1"), r"Line 2 .* not UTF-8.*Save the file"),
    ("UTF-16", "file.csv", "name,about\n".encode("utf-16"), "UTF-16"),
    ("a NUL", "file.csv", b"name,about\nWal\x00ks,x\n", "Line 2 holds a NUL"),
    ("a large file", "file.csv", GOOD + b"x,y\n" * 300_000, "larger than 1 MB"),
    ("many rows", "file.csv", b"name,about\n" + b"x,y\n" * 60, "more than 50 rows"),
    ("many columns", "file.csv", b",".join(b"c%d" % n for n in range(20)), "more than 10 columns"),
    ("one heading twice", "file.csv", b"name,about,name\na,b,c\n", "Two columns are called 'name'"),
    ("a missing column", "file.csv", b"name,abuot\na,b\n", "no column called 'about'"),
    ("a quotation mark never closed", "file.csv", b'name,about\n"Walks,x\n' + b"a,b\n" * 9, "cannot be read"),
    ("a cell of 200 kB", "file.csv", b"name,about\n" + b"x" * 200_000 + b",y\n", "cannot be read"),
    ("half of a JSON file", "file.json", b'[{"name": "x"', "not complete JSON"),
    ("JSON that is no list", "file.json", b'{"name": "x"}', "has no list"),
    ("deep JSON", "file.json", b"[" * 200_000, "too deeply"),
    ("deep objects", "file.json", b'[{"name":' * 100_000, "too deeply"),
    ("NaN", "file.json", b'[{"name": "x", "about": NaN}]', "NaN is not a number"),
    ("infinity", "file.json", b'[{"name": "x", "about": -Infinity}]', "not a number"),
    ("one name twice in JSON", "file.json", b'[{"name": "x", "name": "y"}]', "'name' twice"),
    ("too many JSON rows", "file.json", json.dumps([{"name": "x", "about": "y"}] * 60).encode(), "more than 50 rows"),
    ("a broken JSON line", "file.jsonl", b'{"name": "x", "about": ""}\n{"name": }\n', "Line 2"),
    ("an outside entity", "file.xlsx", with_part(BOOK, SHEET, ENTITY), "cannot be opened"),
    ("a billion laughs", "file.xlsx", with_part(BOOK, SHEET, LAUGHS), "cannot be opened"),
    ("a zip bomb", "file.xlsx", with_part(BOOK, SHEET, b"<a>" + bytes(20_000_000)), "unpacks to far more"),
    ("a row two thousand million down", "file.xlsx", with_part(BOOK, SHEET, FAR_ROW), "more than 50 rows"),
    ("XML that ends early", "file.xlsx", with_part(BOOK, SHEET, ENTITY[70:90]), "cannot be opened"),
]


@pytest.mark.parametrize(("name", "content", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_file_that_cannot_be_trusted_is_refused_in_one_line_and_nothing_is_stored(app, tmp_path, name, content, says):
    with pytest.raises(InvalidInput, match=says) as refusal:
        load(put(tmp_path, content, name))

    assert "\n" not in refusal.value.message
    assert len(refusal.value.message) < 300
    for model in (Organisation, Service, Import):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_zip_that_is_no_workbook_is_refused(app, tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("groups.csv", "name,about\n")

    with pytest.raises(InvalidInput, match="not an Excel workbook"):
        load(put(tmp_path, content.getvalue(), "file.xlsx"))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_what_is_not_a_file_is_refused(app, tmp_path, name):
    with pytest.raises(InvalidInput, match="no file called"):
        load(tmp_path / name)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b'"=HYPERLINK(""http://x"")",y', "begins like a formula"),
        (b"Walks,y,surplus", "3 cells where the headings have 2"),
        (b"Walks", "1 cells where the headings have 2"),
        (b"Walks," + b"y" * 101, "more than 100 characters"),
        (b" ,y", "nothing that tells it from others"),
    ],
)
def test_a_bad_row_is_rejected_by_its_number_and_the_others_load(app, tmp_path, row, why):
    result = load(put(tmp_path, GOOD + row + b"\nChoir,Sings\n"))

    assert (result.read, result.created, result.rejected) == (3, 2, 1)
    [error] = result.errors
    assert error.row == 3
    assert why in error.why


def test_a_name_longer_than_we_keep_rejects_its_row(app, tmp_path):
    result = load(put(tmp_path, GOOD + b"x" * 501 + b",y\n"), Limits())

    assert (result.created, result.rejected) == (1, 1)


def test_a_formula_in_a_workbook_rejects_its_row(app, tmp_path):
    content = workbook(["name", "about"], ["Walks", "x"], ["Choir", "=1+1"], ["Chess", "y"])

    result = load(put(tmp_path, content, "file.xlsx"))

    assert (result.created, result.rejected) == (2, 1)
    assert "formula" in result.errors[0].why


def test_a_workbook_that_lies_about_its_size_is_read_to_its_end(app, tmp_path):
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        lying = archive.read(SHEET).replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:B1"')

    result = load(put(tmp_path, with_part(BOOK, SHEET, lying), "file.xlsx"))

    assert b'"A1:B1"' in lying
    assert result.created == 1


def test_text_that_only_looks_like_a_formula_is_kept_as_text(app, tmp_path):
    load(put(tmp_path, b"name,about\nWalks,=1+1\n"))

    assert db.session.scalars(select(Service.description)).one() == "=1+1"


def test_characters_that_nobody_can_see_are_left_out(app, tmp_path):
    load(put(tmp_path, "name,about\nWal\u202eks\x07,\ufeffx\n".encode()))

    assert db.session.execute(select(Service.name, Service.description)).one() == ("Walks", "x")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + GOOD, GOOD.replace(b",", b";"), GOOD.replace(b"\n", b"\r\n")])
def test_the_ways_in_which_spreadsheet_programs_save_csv_are_all_read(app, tmp_path, content):
    assert load(put(tmp_path, content)).created == 1


def test_numbers_of_a_json_file_stay_as_they_were_written(app, tmp_path):
    load(put(tmp_path, b'[{"name": "Walks", "about": 123456789012345678901234567890}]', "file.json"))

    assert db.session.scalars(select(Service.description)).one() == "123456789012345678901234567890"


@pytest.mark.parametrize("about", [b'"\\ud800"', b'"\\u0000"', b"[[1]]", b'[{"a": {}}, 1]'])
def test_a_json_value_that_no_cell_could_hold_rejects_its_row(app, tmp_path, about):
    content = b'[{"name": "Walks", "about": ""}, {"name": "Choir", "about": %s}]' % about

    result = load(put(tmp_path, content, "file.json"))

    assert (result.created, result.rejected) == (1, 1)


MADE_UP = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda tail: GOOD + tail),
    st.tuples(st.integers(0, len(BOOK) - 1), st.binary(max_size=40)).map(lambda cut: BOOK[: cut[0]] + cut[1]),
    st.tuples(st.integers(0, len(BOOK) - 1), st.integers(0, 255)).map(
        lambda flip: BOOK[: flip[0]] + bytes([flip[1]]) + BOOK[flip[0] + 1 :]
    ),
    st.text(alphabet='name,about"\n=;\t\x00é', max_size=60).map(str.encode),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "about", "x"]), inner),
        max_leaves=8,
    ).map(lambda value: json.dumps([value, {"name": "Walks", "about": value}]).encode()),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MADE_UP, st.sampled_from(["file", "file.csv", "file.xlsx", "file.json", "file.jsonl"]))
def test_any_file_at_all_is_imported_or_refused_and_never_more_than_that(app, tmp_path, content, name):
    path = put(tmp_path, content, name)

    try:
        result = load(path)
    except InvalidInput as refusal:
        assert refusal.message
    else:
        loaded = result.created + result.updated + result.unchanged
        assert result.read == loaded + result.skipped + result.rejected
