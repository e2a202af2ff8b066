"""The file of a backup: whole or refused."""

import gzip
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from tools.backup.archive import FORMAT, MANIFEST, Manifest, pack, unpack
from tools.problems import Problem


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(
        version="0.1.0",
        made_at="2026-11-28T20:00:00+00:00",
        instance="cafe0123",
        database="sqlite",
        migrations=["accounts.0001_initial"],
        facts={"people": 3},
    )


@pytest.fixture
def packed(tmp_path: Path, manifest: Manifest) -> Path:
    """A backup of two files, one of them large enough to be read in pieces."""
    folder = tmp_path / "gathered"
    (folder / "state").mkdir(parents=True)
    (folder / "database.sqlite3").write_bytes(bytes(range(256)) * 10_000)
    (folder / "state" / "secret_key").write_text("k\n")
    target = tmp_path / "backup.tar.gz"
    pack(target, folder, manifest)
    return target


def test_what_was_packed_comes_out(packed: Path, tmp_path: Path, manifest: Manifest):
    found = unpack(packed, tmp_path / "out")

    assert (found.version, found.instance, found.facts, found.format) == ("0.1.0", "cafe0123", {"people": 3}, FORMAT)
    assert set(found.files) == {"database.sqlite3", "state/secret_key"}
    assert (tmp_path / "out" / "state" / "secret_key").read_text() == "k\n"
    assert (tmp_path / "out" / "database.sqlite3").stat().st_size == 2_560_000


def test_only_its_owner_can_read_it_and_no_draft_stays(packed: Path):
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert [path.name for path in packed.parent.iterdir() if path.name.startswith(".")] == []


def test_a_packing_that_breaks_leaves_the_old_file(packed: Path, tmp_path: Path, manifest: Manifest, monkeypatch):
    before = packed.read_bytes()
    monkeypatch.setattr(tarfile.TarFile, "add", lambda *_args, **_options: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        pack(packed, tmp_path / "gathered", manifest)

    assert packed.read_bytes() == before
    assert [path.name for path in packed.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 0.99])
def test_a_file_that_was_cut_off_is_refused(packed: Path, tmp_path: Path, share: float):
    packed.write_bytes(packed.read_bytes()[: int(packed.stat().st_size * share)])

    with pytest.raises(Problem, match=r"damaged|no manifest"):
        unpack(packed, tmp_path / "out")


def test_a_flipped_bit_anywhere_is_refused(packed: Path, tmp_path: Path):
    good = packed.read_bytes()
    for place in range(20, len(good), max(1, len(good) // 40)):
        packed.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1 :])

        with pytest.raises(Problem):
            unpack(packed, tmp_path / f"out{place}")


def rewrite(packed: Path, **changes: object) -> None:
    """Pack other things than the manifest says, with sums that gzip has no doubt about."""
    with tarfile.open(packed) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}
    said = json.loads(members.pop(MANIFEST))
    for name, value in changes.items():
        if name in said:
            said[name] = value
        else:
            members[name.replace("__", "/")] = value
    with tarfile.open(packed, "w:gz") as archive:
        for name, text in {MANIFEST: json.dumps(said).encode(), **members}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))


def test_a_member_that_was_exchanged_is_named(packed: Path, tmp_path: Path):
    rewrite(packed, state__secret_key=b"another\n")

    with pytest.raises(Problem, match="state/secret_key is not what was packed"):
        unpack(packed, tmp_path / "out")


def test_a_member_that_was_added_is_refused(packed: Path, tmp_path: Path):
    rewrite(packed, state__extra=b"x")

    with pytest.raises(Problem, match="state/extra"):
        unpack(packed, tmp_path / "out")


def test_a_newer_format_says_what_to_do(packed: Path, tmp_path: Path):
    rewrite(packed, format=FORMAT + 1, version="9.0.0")

    with pytest.raises(Problem, match=r"newer Muelle \(9.0.0\)") as caught:
        unpack(packed, tmp_path / "out")

    assert "git pull" in caught.value.mend


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "state/../../escaped"])
def test_nothing_is_written_outside(packed: Path, tmp_path: Path, name: str):
    rewrite(packed, **{name: b"x"})

    with pytest.raises(Problem, match="which no backup does"):
        unpack(packed, tmp_path / "deep" / "out")

    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "deep" / "escaped").exists()


def test_links_and_devices_are_refused(packed: Path, tmp_path: Path):
    with tarfile.open(packed) as archive:
        manifest = archive.extractfile(archive.next()).read()
    with tarfile.open(packed, "w:gz") as archive:
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        link = tarfile.TarInfo("state/secret_key")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    with pytest.raises(Problem, match="which no backup does"):
        unpack(packed, tmp_path / "out")


def test_something_else_is_no_backup(tmp_path: Path):
    holiday = tmp_path / "holiday.jpg"
    holiday.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    with pytest.raises(Problem, match="is not a backup"):
        unpack(holiday, tmp_path / "out")

    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as archive:
        archive.add(holiday, arcname="holiday.jpg")
    with pytest.raises(Problem, match="no manifest"):
        unpack(tmp_path / "other.tar.gz", tmp_path / "out")

    with gzip.open(tmp_path / "words.gz", "wb") as stream:
        stream.write(b"words")
    with pytest.raises(Problem, match="not a backup"):
        unpack(tmp_path / "words.gz", tmp_path / "out")

    with pytest.raises(Problem, match="There is no file"):
        unpack(tmp_path / "none.tar.gz", tmp_path / "out")
