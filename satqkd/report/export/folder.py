"""Results on disk: whole or not at all.

A folder is written under a temporary name beside its place, flushed, and swapped in. Whatever
happens meanwhile, its place holds either the old folder or the new one.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import satqkd
from satqkd.errors import OutputError
from satqkd.report.export.atomic_swap import leftovers, put_in_place, restore_interrupted
from satqkd.report.export.hashed_file import HashedFile
from satqkd.report.export.manifest import MANIFEST, manifest

try:
    import fcntl
except ImportError:  # pragma: no cover  # Windows
    fcntl = None  # type: ignore[assignment]

Content = bytes | str | Iterable[bytes] | Callable[[HashedFile], None]
"""What a file will hold: bytes, text (UTF-8), pieces, or a function that writes it to an open
file.
"""

PRIVATE = "private"
"""Stands in a manifest for the hash of a file that holds secrets."""

_DESKTOP_CRUMBS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that file managers leave in folders they have shown."""


def check_folder(path: Path, *, named: str = MANIFEST) -> None:
    """Make sure, before any long computation, that :func:`write_folder` may write here.

    Parameters
    ----------
    path, named
        As for :func:`write_folder`.

    Raises
    ------
    OutputError
        When it may not, saying why and what to do.
    """
    target = _resolved(path)
    with _spoken(path):
        restore_interrupted(target)
        _check_place(path, target)
        _check_ours(path, target, named)
        _sweep(target)
        with _temporary(target):
            pass


def write_folder(
    path: Path,
    files: Mapping[str, Content],
    *,
    provenance: Mapping[str, Any] | None = None,
    named: str = MANIFEST,
    private: Collection[str] = (),
) -> None:
    """Replace a folder by one that holds exactly ``files`` and a manifest, in one step.

    Parameters
    ----------
    path
        Where the folder goes. Its parent must exist; what stands there must be absent, empty,
        or written by satqkd.
    files
        Contents by plain file name; those that come in pieces are written as they come.
    provenance
        What the manifest holds beside the SHA-256 of every file; None for the version of satqkd
        alone, by which the folder is known as satqkd's own.
    named
        Name of the manifest. A folder with a manifest of another name is not replaced.
    private
        Files that nobody but their owner may read; the manifest names them without their SHA-256,
        which would tell of what is in them.

    Raises
    ------
    OutputError
        When the folder cannot be written; what stood there before still does.
    """
    for name in files:
        if not name or name in {".", "..", named} or any(char in name for char in "/\\\0"):
            raise ValueError(f"{name!r} is no plain file name for a result")
    told = {"satqkd": satqkd.__version__} if provenance is None else provenance
    target = _resolved(path)
    with _spoken(path):
        restore_interrupted(target)
        _check_place(path, target)
        _check_ours(path, target, named)
        _sweep(target)
        with _temporary(target) as temporary:
            hashes = {
                name: _write_flushed(temporary / name, files[name], private=name in private)
                for name in sorted(files)
            }
            hashes |= dict.fromkeys(private, PRIVATE)
            _write_flushed(temporary / named, manifest(hashes, told))
            if target.is_dir():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            _flush_folder(temporary)
            replaced = put_in_place(temporary, target)
            _flush_folder(target.parent)
            if replaced is not None:
                shutil.rmtree(replaced, ignore_errors=True)


def _resolved(path: Path) -> Path:
    """Follow symbolic links, so that the folder behind one is replaced and not the link."""
    try:
        return path.resolve()
    except (OSError, ValueError) as error:
        raise OutputError(f"{path!r}: is no usable path ({error})") from error


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into one clear line."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path}: could not be written ({error.strerror or error}); "
            "what stood there before is untouched. Free space or choose another place"
        ) from error


def _check_place(path: Path, target: Path) -> None:
    if not target.name or target.is_mount():
        raise OutputError(f"{path}: is a mount point and cannot be swapped; name a folder in it")
    if not target.parent.is_dir():
        raise OutputError(f"{path}: its parent folder does not exist; create it first")
    if target.exists() and not target.is_dir():
        raise OutputError(f"{path}: is a file; give the name of a folder, or move the file away")
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{path}: is read-only; allow writing or name another folder")


def _check_ours(path: Path, target: Path, named: str) -> None:
    """Refuse to replace a folder that holds anything satqkd did not write."""
    found = {entry.name for entry in target.iterdir()} if target.is_dir() else set()
    found -= _DESKTOP_CRUMBS
    if not found:
        return
    said = _parsed(_read_manifest(target / named))
    if not isinstance(said.get("satqkd"), str):
        raise OutputError(
            f"{path}: is not empty and satqkd did not write it (no {named} of its own); "
            "name a new folder, or empty this one"
        )
    listed = said.get("files")
    foreign = sorted(found - {named} - set(listed if isinstance(listed, dict) else ()))
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise OutputError(
            f"{path}: holds {foreign[0]!r}{more}, which satqkd did not write; move that away first"
        )


def _read_manifest(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _parsed(text: bytes | str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    """Make a folder beside ``target`` that is locked while in use and gone afterwards."""
    folder, lock = _locked_folder(target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _locked_folder(target: Path) -> tuple[Path, int | None]:
    while True:
        folder = target.with_name(f".{target.name}.tmp-{secrets.token_hex(4)}")
        folder.mkdir()
        try:
            return folder, _lock(folder)
        except (BlockingIOError, FileNotFoundError):
            continue  # another run took it for a leftover
        except OSError:
            return folder, None  # a file system without locks; nobody sweeps there either


def _lock(folder: Path) -> int:
    """Lock a folder for as long as the answer stays open."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        _flock(handle)
        folder.stat()
    except OSError:
        os.close(handle)
        raise
    return handle


def _flock(handle: int) -> None:
    if fcntl is None:
        raise OSError(errno.ENOTSUP, "no locks on this system")
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(target: Path) -> None:
    """Remove what killed runs left behind; folders of running ones are locked and stay."""
    for leftover in [*leftovers(target, "tmp"), *leftovers(target, "old")]:
        try:
            lock = _lock(leftover)
        except OSError:
            continue
        shutil.rmtree(leftover, ignore_errors=True)
        os.close(lock)


def _write_flushed(path: Path, content: Content, *, private: bool = False) -> str:
    """Write a file through to the disk; return its SHA-256."""
    with open(path, "xb", opener=_for_its_owner if private else None) as file:
        hashed = HashedFile(file)
        if callable(content):
            content(hashed)
        elif isinstance(content, str):
            hashed.write(content.encode("utf-8"))
        elif isinstance(content, bytes):
            hashed.write(content)
        else:
            for piece in content:
                hashed.write(piece)
        file.flush()
        os.fsync(file.fileno())
        return hashed.sha256


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)


def _flush_folder(folder: Path) -> None:
    """Make renames and new names durable; some systems cannot open a folder for that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # pragma: no cover  # Windows
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
