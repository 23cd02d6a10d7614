"""Arrays of an ``.npz`` archive, without trusting it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Final

import numpy as np

from satqkd.calibration.click_columns import (
    COLUMNS,
    SCALARS,
    Complaints,
    Values,
    complain_of_kind,
    complain_of_name,
    refused,
)

MOST_UNPACKED: Final = 2_000_000_000
"""Archives that unpack to more are refused. [B]"""

_DIRECTORY: Final = 1 << 16
"""No archive of a dozen arrays has a longer list of contents. [B]"""
_SAVE: Final = "save it with numpy.savez or savez_compressed"
_HEADERS: Final = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def arrays_of(data: bytes, *, file: str) -> dict[str, Values]:
    """Return the arrays of an archive; each is looked at before it is unpacked.

    Raises
    ------
    InputError
        If it is no archive, damaged, too large when unpacked, or holds what is no column of a
        click log: unknown names, objects, text, fractions, tables.
    """
    _require_short_directory(data, file)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _arrays(archive, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        raise refused(file, f"is damaged: {_one_line(error)}", "copy it again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise refused(file, f"cannot be opened: {_one_line(error)}", _SAVE) from error


def _require_short_directory(data: bytes, file: str) -> None:
    """Refuse lists of contents that only their reading would fill memory with."""
    at = data.rfind(b"PK\x05\x06", -(_DIRECTORY + 22)) if len(data) >= 22 else -1
    if not data.startswith(b"PK") or at < 0 or at + 22 > len(data):
        raise refused(file, "is no npz archive, or is cut off", _SAVE)
    (size,) = struct.unpack_from("<I", data, at + 12)
    if size > _DIRECTORY or data[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        raise refused(file, "lists more contents than a click log has", _SAVE)


def _arrays(archive: zipfile.ZipFile, file: str) -> dict[str, Values]:
    complaints = Complaints(file=file, findings=[])
    entries = archive.infolist()
    names = [entry.filename.removesuffix(".npy") for entry in entries]
    for name in dict.fromkeys(names):
        if not complain_of_name(name, COLUMNS, complaints) and names.count(name) > 1:
            complaints.add(name, "stands there twice", "keep one of the two")
    complaints.stop()
    size = sum(entry.file_size for entry in entries)
    if size > MOST_UNPACKED:
        most = f"{MOST_UNPACKED // 1_000_000} MB"
        raise refused(file, f"unpacks to more than {most}", "split it, or name fewer pulses")
    found = {
        name: _array(archive, entry, name, complaints)
        for name, entry in zip(names, entries, strict=True)
    }
    complaints.stop()
    return {name: values for name, values in found.items() if values is not None}


def _array(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, complaints: Complaints
) -> Values | None:
    """Read one array; None after noting what is wrong with it."""
    with archive.open(entry) as stream:
        version = np.lib.format.read_magic(stream)
        if version not in _HEADERS:
            complaints.add(name, f"is an array of format {version}, which is not opened", _SAVE)
            return None
        shape, _, dtype = _HEADERS[version](stream)
        if complain_of_kind(name, dtype, complaints):
            return None
        if len(shape) != (0 if name in SCALARS else 1):
            wanted = "one number" if name in SCALARS else "a plain list"
            complaints.add(name, f"has the shape {shape}, and {wanted} is due", "reshape it")
            return None
        content = stream.read()
    due = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if len(content) != due:
        complaints.add(name, f"holds {len(content)} B, and its header says {due}", "save it again")
        return None
    return np.frombuffer(content, dtype=dtype).reshape(shape)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
