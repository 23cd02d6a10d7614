"""Putting one folder in the place of another in a single step of the file system."""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import secrets
import sys
from pathlib import Path

_AT_FDCWD = -100
"""``AT_FDCWD`` of Linux: paths are relative to the working folder."""
_RENAME_EXCHANGE = 2
"""``RENAME_EXCHANGE`` of Linux and ``RENAME_SWAP`` of macOS are both 2."""

_NOT_SUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def exchange(first: Path, second: Path) -> bool:
    """Swap two existing folders atomically; False where the system cannot.

    Raises
    ------
    OSError
        When the system can but the swap fails.

    References
    ----------
    .. [1] Linux ``renameat2(2)``, macOS ``renamex_np(2)``.
    """
    one, two = os.fsencode(first), os.fsencode(second)
    if os.name != "posix":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, one, _AT_FDCWD, two, _RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(one, two, _RENAME_EXCHANGE)
    else:
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(second))


def put_in_place(new: Path, target: Path) -> Path | None:
    """Move folder ``new`` to ``target``; return where the folder it replaced is now.

    Where nothing (or an empty folder) stands there it is one rename, else one exchange. File
    systems without an exchange get two renames: for an instant between them the old folder is
    only found as ``.NAME.old-…``, from where :func:`restore_interrupted` fetches it back.
    """
    for _ in range(10):
        try:
            if not target.exists() or not any(target.iterdir()):
                new.rename(target)
                return None
            if exchange(new, target):
                return new
            old = target.with_name(f".{target.name}.old-{secrets.token_hex(4)}")
            target.rename(old)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
                raise
            continue  # another run was faster: look again
        try:
            new.rename(target)
        except OSError:
            old.rename(target)
            raise
        return old
    raise OSError(errno.EBUSY, "another run keeps replacing it", str(target))


def leftovers(target: Path, kind: str) -> list[Path]:
    """Folders of ``kind`` (``tmp`` or ``old``) that earlier runs for ``target`` left behind."""
    pattern = f".{glob.escape(target.name)}.{kind}-" + "[0-9a-f]" * 8
    found = sorted(target.parent.glob(pattern))
    return [path for path in found if path.is_dir() and not path.is_symlink()]


def restore_interrupted(target: Path) -> None:
    """Fetch back a folder that a killed run had moved aside but not yet replaced."""
    aside = leftovers(target, "old")
    if aside and not target.exists():
        aside[-1].rename(target)
