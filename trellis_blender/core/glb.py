# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB container -> checked, before anything is created from it. Reads one file; imports no bpy."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from pydantic_core import ValidationError

from . import gltf_bounds, gltf_textures
from .errors import ModelFileError
from .gltf_bounds import Binary, Document
from .gltf_schema import DOCUMENT, MAXIMUM_ELEMENTS

JSON_LIMIT_BYTES: Final = 16 * 2**20
MAXIMUM_FACES: Final = 20_000_000
"""The service delivers a million at most; one accessor may be shared by many meshes, so the sum counts."""
_MAGIC: Final = b"glTF"
_HEADER: Final = struct.Struct("<4sII")
_CHUNK: Final = struct.Struct("<I4s")
_TRIANGLES: Final = 4
_STRIPS_AND_FANS: Final = (5, 6)
_INDEX_DTYPES: Final = {5121: "<u1", 5123: "<u2", 5125: "<u4"}
_FLOAT: Final = 5126


@dataclass(frozen=True)
class Summary:
    """What a checked GLB holds. ``vertices`` as the file stores them, split at UV seams."""

    faces: int
    vertices: int
    materials: int
    images: int
    texture_pixels: int
    """Longest side of its images; 0 where there is none."""
    texture_least: int
    """Shortest side of its images."""


def inspect(path: Path) -> Summary:
    """Check a whole file. Raises :class:`ModelFileError` with one sentence; changes nothing."""
    with opened(path) as (document, binary):
        return check(document, binary)


def inspect_bytes(content: bytes) -> Summary:
    """As :func:`inspect`, for a file in memory."""
    return check(*read_container(io.BytesIO(content)))


@contextmanager
def opened(path: Path) -> Iterator[tuple[Document, Binary]]:
    """Give a file's description and data, of which only what is asked for is read: images may fill the memory."""
    try:
        with path.open("rb") as file:
            yield read_container(file)
    except OSError as error:
        raise ModelFileError(f"The model file {path.name} cannot be read ({error.strerror}).") from error


def check(document: Document, binary: Binary) -> Summary:
    """Check what :func:`read_container` gave."""
    gltf_bounds.check(document, binary)
    gltf_textures.check(document, binary)
    _check_sparse(document, binary)
    faces = vertices = 0
    for mesh_index in sorted({node["mesh"] for node in document.get("nodes", ()) if "mesh" in node}):
        for primitive in document["meshes"][mesh_index]["primitives"]:
            primitive_faces, primitive_vertices = _check_values(document, primitive, binary)
            faces += primitive_faces
            vertices += primitive_vertices
            if faces > MAXIMUM_FACES:
                raise _broken("it has absurdly many faces")
    if faces == 0:
        raise ModelFileError("The model file holds no faces. The file is kept.")
    materials, images = len(document.get("materials", ())), len(document.get("images", ()))
    least, most = gltf_textures.texture_pixels(document, binary)
    return Summary(faces, vertices, materials, images, most, least)


def read_container(file: BinaryIO) -> tuple[Document, Binary]:
    """Give the JSON document, checked for shape, and the BIN chunk. Raises :class:`ModelFileError`."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(_HEADER.size)
    if size < _HEADER.size + _CHUNK.size or len(head) < _HEADER.size:
        raise _broken("it is empty or cut short")
    magic, version, length = _HEADER.unpack(head)
    if magic != _MAGIC:
        raise ModelFileError("The file is not a GLB model. The file is kept.")
    if version != 2:
        raise ModelFileError(f"The file is glTF version {version}; only version 2 can be read. The file is kept.")
    if length != size:
        raise _broken(f"{size} of {length} bytes are there")
    chunks = list(_chunks(file, size))
    kind, text = chunks[0]
    if kind != b"JSON":
        raise _broken("it does not begin with its description")
    if len(text) > JSON_LIMIT_BYTES:
        raise _broken("its description is absurdly large")
    binary = next((chunk for kind, chunk in chunks[1:] if kind == b"BIN\0"), _Chunk(file, 0, 0))
    return _document(text[:]), binary


class _Chunk:
    """A part of a file, read piece by piece."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size = file, start, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, span: slice) -> bytes:
        start, stop, _step = span.indices(self._size)
        self._file.seek(self._start + start)
        data = self._file.read(max(stop - start, 0))
        if len(data) < stop - start:
            raise _broken("it is cut short")
        return data


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, _Chunk]]:
    """Give kind and place of each chunk."""
    position = _HEADER.size
    while position + _CHUNK.size <= size:
        file.seek(position)
        length, kind = _CHUNK.unpack(file.read(_CHUNK.size))
        position += _CHUNK.size
        if position + length > size:
            raise _broken("a chunk reaches past the end of the file")
        yield kind, _Chunk(file, position, length)
        position += length


def _document(text: bytes) -> Document:
    try:
        document: dict[str, Any] = DOCUMENT.validate_json(text.rstrip(b" \0"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "its description"
        raise _broken(f"{where}: {first['msg'].lower()}") from None
    return document


def _check_values(document: Document, primitive: dict[str, Any], binary: Binary) -> tuple[int, int]:
    """Check that positions are finite and indices in range; give faces and vertices of a triangle primitive."""
    position_index = primitive["attributes"]["POSITION"]
    position = document["accessors"][position_index]
    if position["componentType"] == _FLOAT:
        points = _elements(document, position_index, "<f4", 3, binary)
        if not np.isfinite(points).all():
            raise _broken("a vertex lies nowhere (not a number)")
    corners = position["count"]
    if "indices" in primitive:
        accessor = document["accessors"][primitive["indices"]]
        corners = accessor["count"]
        values = _elements(document, primitive["indices"], _INDEX_DTYPES[accessor["componentType"]], 1, binary)
        if int(values.max()) >= position["count"]:
            raise _broken("a face refers to a vertex that does not exist")
    mode = primitive.get("mode", _TRIANGLES)
    if mode in _STRIPS_AND_FANS:
        return max(corners - 2, 0), position["count"]
    if mode != _TRIANGLES:
        return 0, 0
    if corners % 3:
        raise _broken("its last face is incomplete")
    return corners // 3, position["count"]


def _check_sparse(document: Document, binary: Binary) -> None:
    """Check that what sparse accessors change is there."""
    changes = 0
    for number, accessor in enumerate(document.get("accessors", ())):
        if "sparse" in accessor:
            changes += accessor["sparse"]["count"]
            if changes > MAXIMUM_ELEMENTS:
                raise _broken("it has absurdly many changes to its data")
            if int(_changed(document, number, binary).max()) >= accessor["count"]:
                raise _broken(f"accessor {number} changes an element that does not exist")


def _changed(document: Document, index: int, binary: Binary) -> Any:
    """Give which elements of a sparse accessor are others."""
    sparse = document["accessors"][index]["sparse"]
    span, dtype = gltf_bounds.sparse_spans(document, index)[0], _INDEX_DTYPES[sparse["indices"]["componentType"]]
    return _array(binary, span, sparse["count"], dtype, 1)[:, 0]


def _elements(document: Document, index: int, dtype: str, components: int, binary: Binary) -> Any:
    """Give an accessor's elements as they are in the end; one without data, which nothing changes, holds no mesh."""
    accessor = document["accessors"][index]
    is_there = gltf_bounds.accessor_span(document, index)[0] >= 0
    if "sparse" not in accessor:
        if not is_there:
            raise _broken("a mesh has no data")
        return elements(document, index, dtype, components, binary)
    found = np.zeros((accessor["count"], components), dtype)
    if is_there:
        found[:] = elements(document, index, dtype, components, binary)
    span = gltf_bounds.sparse_spans(document, index)[1]
    found[_changed(document, index, binary)] = _array(binary, span, accessor["sparse"]["count"], dtype, components)
    return found


def elements(document: Document, index: int, dtype: str, components: int, binary: Binary) -> Any:
    """Give a checked accessor's elements, (count, components), as the file has them; they cannot be written to."""
    span = gltf_bounds.accessor_span(document, index)
    return _array(binary, span, document["accessors"][index]["count"], dtype, components)


def _array(binary: Binary, span: tuple[int, int, int], count: int, dtype: str, components: int) -> Any:
    (offset, stride, element), base = span, np.dtype(dtype)
    data = binary[offset : offset + stride * (count - 1) + element]
    return np.ndarray((count, components), base, data, 0, (stride, base.itemsize))


def _broken(what: str) -> ModelFileError:
    return ModelFileError(f"The model file is damaged: {what}. The file is kept.")
