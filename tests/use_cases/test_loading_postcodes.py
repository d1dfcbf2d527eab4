"""Filling the postcode tables from the files that Ordnance Survey, the ONS and others publish."""

import gzip
import io
import os
import zipfile

import pytest
from sqlalchemy import select

from social_rx.db import db
from social_rx.directory import postcode_files
from social_rx.directory.models import Geocode, Outcode, Postcode
from social_rx.directory.postcode_loading import load_postcodes
from social_rx.errors import InvalidInput
from tests.shared_data import SHARED, needs_shared_data

pytestmark = pytest.mark.usefixtures("app")

SIMPLE = "postcode,lat,lon\nCV12AB,52.408,-1.51\nCV1 3AA,52.41,-1.50\nB11AA,52.48,-1.9\n"
CODE_POINT_OPEN = (
    '"CV1 1DD",10,433297,278969,"E92000001","E19000001","E18000005","","E08000026","E05001228"\n'
    '"CV1 1DE",10,433320,279033,"E92000001","E19000001","E18000005","","E08000026","E05001228"\n'
    '"CV1 9ZZ",90,0,0,"","","","","",""\n'
)
ONSPD = (
    '"pcd","pcd2","pcds","dointr","doterm","oslaua","lat","long","lsoa11","lsoa21"\n'
    '"CV1 2AB","CV1  2AB","CV1 2AB","198001","","E08000026",52.408,-1.51,"E01009642","E01009999"\n'
    '"CV1 2ZZ","CV1  2ZZ","CV1 2ZZ","198001","199606","E08000026",52.407,-1.52,"E01009643","E01009999"\n'
    '"GY1 1AA","GY1  1AA","GY1 1AA","198001","","L99999999",99.999999,0.000000,"","L99999999"\n'
)


@pytest.fixture
def file_with(tmp_path):
    def write(content, name="anything.bin"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def zipped(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def held():
    rows = db.session.scalars(select(Postcode).order_by(Postcode.postcode)).all()
    return {row.postcode: (row.latitude, row.longitude) for row in rows}


def districts():
    rows = db.session.scalars(select(Outcode).order_by(Outcode.outcode)).all()
    return {row.outcode: (pytest.approx(row.latitude), pytest.approx(row.longitude), row.postcodes) for row in rows}


@pytest.mark.parametrize(
    "pack", [str.encode, lambda text: gzip.compress(text.encode()), lambda text: zipped({"a.csv": text})]
)
def test_a_simple_file_is_taken_in_however_it_is_packed(file_with, pack):
    loaded = load_postcodes(file_with(pack(SIMPLE)))

    assert (loaded.count, loaded.rejected) == (3, 0)
    assert held() == {"CV12AB": (52.408, -1.51), "CV13AA": (52.41, -1.5), "B11AA": (52.48, -1.9)}
    assert districts() == {"CV1": (52.409, -1.505, 2), "B1": (52.48, -1.9, 1)}


def test_the_grid_of_ordnance_survey_becomes_degrees(file_with):
    loaded = load_postcodes(file_with(CODE_POINT_OPEN))

    assert (loaded.count, loaded.rejected, loaded.first_rejected) == (2, 1, ["row 3: no position"])
    latitude, longitude = held()["CV11DD"]
    assert (latitude, longitude) == (pytest.approx(52.4077, abs=0.001), pytest.approx(-1.5119, abs=0.001))


def test_a_zip_of_ordnance_survey_holds_one_file_for_each_area_and_documents_beside_them(file_with):
    packed = zipped(
        {
            "Doc/headers.csv": "PC,PQ,XX\nPostcode,Quality,Something\n",
            "Doc/licence.pdf": "%PDF-1.4",
            "Data/CSV/cv.csv": CODE_POINT_OPEN,
            "Data/CSV/b.csv": '"B1 1AA",10,406000,286000,"E92000001","","","","",""\n"B1 1AB",x,y,z\n',
        }
    )

    loaded = load_postcodes(file_with(packed))

    assert loaded.count == 3
    assert loaded.first_rejected == ["cv.csv row 3: no position", "b.csv row 2: cannot be read"]


def test_the_ons_directory_gives_areas_of_2011_and_sets_apart_what_is_no_longer_in_use(file_with):
    loaded = load_postcodes(file_with(ONSPD))

    assert (loaded.count, loaded.first_rejected) == (2, ["row 4: no position"])
    assert db.session.get(Postcode, "CV12AB").lsoa == "E01009642"
    assert db.session.get(Postcode, "CV12ZZ") is None
    old = db.session.get(Geocode, "CV12ZZ")
    assert (old.latitude, old.longitude, old.terminated) == (52.407, -1.52, True)
    assert districts()["CV1"][2] == 1


def test_the_ons_zip_is_not_read_twice_for_the_copy_it_holds_of_itself(file_with):
    rows_read = []
    packed = zipped({"Data/ONSPD.csv": ONSPD, "Data/multi_csv/ONSPD_CV.csv": ONSPD})

    load_postcodes(file_with(packed), rows_read.append)

    assert rows_read[-1] == 3


def test_a_second_load_of_the_same_file_changes_nothing(file_with):
    load_postcodes(file_with(SIMPLE))
    before = (held(), districts())

    again = load_postcodes(file_with(SIMPLE))

    assert again.count == 3
    assert (held(), districts()) == before


def test_a_newer_file_moves_postcodes_and_keeps_the_others_and_the_areas_it_does_not_know(file_with):
    load_postcodes(file_with(ONSPD))
    load_postcodes(file_with(SIMPLE))

    load_postcodes(file_with("Postcode,Latitude,Longitude\ncv1 2ab,52.5,-1.6\nCV1 4AA,52.41,-1.51\n"))

    assert held()["CV12AB"] == (52.5, -1.6)
    assert db.session.get(Postcode, "CV12AB").lsoa == "E01009642"
    assert held().keys() == {"CV12AB", "CV13AA", "CV14AA", "B11AA"}
    assert districts()["CV1"][2] == 3


def test_the_last_of_two_rows_about_one_postcode_counts(file_with):
    loaded = load_postcodes(file_with(SIMPLE + "CV1 2AB,52.6,-1.7\n"))

    assert loaded.count == 3
    assert held()["CV12AB"] == (52.6, -1.7)


def test_rows_that_make_no_sense_are_counted_and_the_first_ten_named(file_with):
    good = "".join(f"CV1 {number}AB,52.4,-1.5\n" for number in range(10)) + "CV2 1AB,52.4,-1.5\nCV2 2AB,52.4,-1.5\n"
    bad = "nonsense,52.4,-1.5\nCV1 2AB,north,-1.5\nCV1 2AB\nCV1 2AB,,\nCV1 2AB,nan,0\nCV1 2AB,1e999,0\n" * 2

    loaded = load_postcodes(file_with("postcode,lat,lon\n" + bad + "\n" + good))

    assert (loaded.count, loaded.rejected) == (12, 12)
    assert loaded.first_rejected[:6] == [
        "row 2: not a postcode",
        "row 3: cannot be read",
        "row 4: cannot be read",
        "row 5: no position",
        "row 6: no position",
        "row 7: no position",
    ]
    assert len(loaded.first_rejected) == 10


def test_what_is_no_saved_file_is_refused_at_once_instead_of_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    handle = os.open(pipe, os.O_RDWR)
    os.write(handle, b"CV1 ")

    with pytest.raises(InvalidInput, match="that is saved on this machine"):
        load_postcodes(pipe)
    os.close(handle)


def test_progress_counts_the_rows_read(file_with, monkeypatch):
    monkeypatch.setattr(postcode_files, "ROWS_AT_ONCE", 2)
    told = []

    load_postcodes(file_with(SIMPLE), told.append)

    assert told == [2, 3]


TRUNCATED = gzip.compress(SIMPLE.encode() * 500)[:-20]
FLIPPED = bytearray(zipped({"a.csv": SIMPLE * 500}))
FLIPPED[60] ^= 0xFF
NOT_WHAT_THEY_SAY = {
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "another table": "name,colour\nAda,blue\n",
    "a web page": "<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
    "Latin-1 text": "postcode,lat,lon\nCV1 2AB,52.4,-1.5\ncaf\xe9,1,2\n".encode("latin-1"),
    "UTF-16 text": SIMPLE.encode("utf-16"),
    "a gzip cut short": TRUNCATED,
    "a gzip of noise": b"\x1f\x8b\x08\x00" + b"noise" * 20,
    "a damaged zip": bytes(FLIPPED),
    "a zip cut short": zipped({"a.csv": SIMPLE})[:-10],
    "a zip of documents": zipped({"read me.pdf": "hello", "notes.csv": "a,b\n1,2\n"}),
    "an endless line": "postcode,lat,lon\n" + "A" * 100_000,
    "a cell that swallows the rest": 'postcode,lat,lon\n"' + "CV1 2AB,52.4,-1.5\n" * 20_000,
    "a header and nonsense": "postcode,lat,lon\n" + "x,y,z\n" * 50,
}


@pytest.mark.parametrize("what", NOT_WHAT_THEY_SAY)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_line_and_nothing_changes(file_with, what):
    load_postcodes(file_with(SIMPLE))
    before = (held(), districts())

    with pytest.raises(InvalidInput) as refused:
        load_postcodes(file_with(NOT_WHAT_THEY_SAY[what], "postcodes.csv"))

    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 200
    assert (held(), districts()) == before


@pytest.mark.parametrize("pack", [gzip.compress, lambda bomb: zipped({"a.csv": bomb})])
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(file_with, pack):
    bomb = pack(b"postcode,lat,lon\n" + b"CV1 2AB,52.40000,-1.5000\n" * 500_000)

    with pytest.raises(InvalidInput, match="unpacks to more"):
        load_postcodes(file_with(bomb))

    assert held() == {}


def test_a_zip_behind_a_password_is_refused(file_with):
    packed = bytearray(zipped({"a.csv": SIMPLE}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    packed[6] |= 1

    with pytest.raises(InvalidInput, match="Unpack it"):
        load_postcodes(file_with(bytes(packed)))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="cannot be opened"):
        load_postcodes(tmp_path / name)


def test_a_failure_half_way_leaves_the_old_table_as_it_was(file_with, monkeypatch):
    load_postcodes(file_with(SIMPLE))
    before = (held(), districts())
    monkeypatch.setattr("social_rx.directory.postcode_loading.MIDDLES", "INSERT INTO nowhere SELECT 1")

    with pytest.raises(Exception, match="nowhere"):
        load_postcodes(file_with("postcode,lat,lon\nCV12AB,53,-2\nCV19AA,53,-2\n"))

    assert (held(), districts()) == before


@needs_shared_data
def test_real_files_of_both_kinds_agree_about_coventry():
    load_postcodes(SHARED / "data/postcodes/coventry_warwickshire_postcodes.csv")
    before = held()

    loaded = load_postcodes(SHARED / "data/postcodes/codepoint_open_2014-08_cv.csv")

    assert (loaded.count, loaded.rejected) == (19_508, 0)
    assert held().keys() == before.keys()
    far = [
        key for key, point in held().items() if max(abs(a - b) for a, b in zip(point, before[key], strict=True)) > 1e-4
    ]
    assert far == []
