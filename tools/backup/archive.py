"""The file of a backup: a tar with a manifest in front that names every other member with its checksum."""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tools.problems import Problem

# Raised when a reader of today could no longer understand what is written.
FORMAT = 1
MANIFEST = "manifest.json"
PIECE = 1024 * 1024
# A manifest names some hundred files; more than this is no manifest.
MOST_MANIFEST_BYTES = 8 * 1024 * 1024
ANOTHER = "Take another backup file."


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    version: str
    """Of the Muelle that made it."""
    made_at: str
    """ISO 8601, UTC."""
    instance: str
    database: str
    """sqlite or postgresql."""
    migrations: list[str]
    """Those that its tables went through, as `app.name`."""
    facts: dict[str, int]
    """How much is in it, for the person who restores it."""
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each member, by name."""
    format: int = FORMAT


def pack(target: Path, folder: Path, manifest: Manifest) -> None:
    """Write everything in `folder` into `target`, in one step: a crash leaves no file, or a whole one. Owner only."""
    files = {_name(path, folder): _digest_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    text = json.dumps({**asdict(manifest), "files": files}, indent=1).encode()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as archive:
                _add(archive, MANIFEST, text)
                for name in files:
                    archive.add(folder / name, arcname=name, recursive=False, filter=_plain)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def unpack(source: Path, folder: Path) -> Manifest:
    """Check every byte of a backup while writing its members into `folder`. Raises Problem: believe nothing then."""
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            members = iter(archive)
            manifest = _read_manifest(archive, next(members, None), source)
            found = dict(_take(archive, members, folder))
    except FileNotFoundError as error:
        raise Problem(f"There is no file {source}.", "Name one that `make backup` wrote.") from error
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise Problem(f"{source} is not a backup, or it is damaged: {error}.", ANOTHER) from error
    if found != manifest.files:
        wrong = sorted(name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name))
        raise Problem(f"{source} is damaged: {', '.join(wrong[:3])} is not what was packed.", ANOTHER)
    return manifest


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(archive: tarfile.TarFile, first: tarfile.TarInfo | None, source: Path) -> Manifest:
    if first is None or first.name != MANIFEST or not first.isfile() or first.size > MOST_MANIFEST_BYTES:
        raise Problem(
            f"{source} is not a backup of Muelle: it has no manifest.", "Name a file that `make backup` wrote."
        )
    stream = archive.extractfile(first)
    try:
        said: Any = json.loads(stream.read() if stream else b"")
    except ValueError as error:
        raise Problem(f"{source} is damaged: its manifest cannot be read.", ANOTHER) from error
    if not isinstance(said, Mapping) or not isinstance(said.get("format"), int):
        raise Problem(f"{source} is not a backup of Muelle.", "Name a file that `make backup` wrote.")
    if said["format"] > FORMAT:
        raise Problem(
            f"{source} was made by a newer Muelle ({said.get('version')}), in a form that this one does not know.",
            "Upgrade this clone (`git pull`), and run again.",
        )
    try:
        return Manifest(**said)
    except TypeError as error:
        raise Problem(f"{source} is damaged: its manifest lacks something ({error}).", ANOTHER) from error


def _take(archive: tarfile.TarFile, members: Iterator[tarfile.TarInfo], folder: Path) -> Iterator[tuple[str, str]]:
    """Write each member and yield its name and checksum. Only plain files below `folder` are ever written."""
    for member in members:
        path = PurePosixPath(member.name)
        stream = archive.extractfile(member) if member.isfile() else None
        if stream is None or path.is_absolute() or ".." in path.parts:
            raise Problem(f"The backup holds {member.name!r}, which no backup does.", ANOTHER)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as output:
            yield member.name, _copy(stream, output)


def _copy(stream: IO[bytes], output: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
        output.write(piece)
    return digest.hexdigest()


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _add(archive: tarfile.TarFile, name: str, text: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text)
    archive.addfile(_plain(member), io.BytesIO(text))


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what the machine adds: owner, time, rights of others."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
