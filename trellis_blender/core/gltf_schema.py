# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a glTF 2.0 document, as a pydantic-core schema: types, signs, counts. A table; imports nothing of ours.

Source: the glTF 2.0 specification, sections 3 and 5. Only what the checks and Blender's importer
read is described; everything else passes through unseen.
"""

from __future__ import annotations

from typing import Final

from pydantic_core import SchemaValidator, core_schema

MAXIMUM_ITEMS: Final = 10_000
"""More nodes, meshes, materials … than this in one object is absurd."""
MAXIMUM_ELEMENTS: Final = 50_000_000
"""More vertices or indices than this in one accessor is absurd."""

COMPONENT_BYTES: Final = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
ELEMENT_COMPONENTS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}

_INDEX: Final = core_schema.int_schema(strict=True, ge=0, le=2**31 - 1)
_SIZE: Final = core_schema.int_schema(strict=True, ge=0, le=2**32 - 1)
_TEXT: Final = core_schema.str_schema(strict=True, max_length=2**27)
_NUMBER: Final = core_schema.float_schema(allow_inf_nan=False)


def _table(required: dict[str, core_schema.CoreSchema], **optional: core_schema.CoreSchema) -> core_schema.CoreSchema:
    fields = {name: core_schema.typed_dict_field(schema) for name, schema in required.items()}
    fields |= {name: core_schema.typed_dict_field(schema, required=False) for name, schema in optional.items()}
    return core_schema.typed_dict_schema(fields, extra_behavior="allow")


def _list(item: core_schema.CoreSchema, least: int = 0, most: int = MAXIMUM_ITEMS) -> core_schema.CoreSchema:
    return core_schema.list_schema(item, strict=True, min_length=least, max_length=most)


_TEXTURE_REF: Final = _table({"index": _INDEX}, texCoord=_INDEX)
_BUFFER: Final = _table({"byteLength": _SIZE}, uri=_TEXT)
_VIEW: Final = _table(
    {"buffer": _INDEX, "byteLength": _SIZE},
    byteOffset=_SIZE,
    byteStride=core_schema.int_schema(strict=True, ge=4, le=252),
)
_SPARSE: Final = _table(
    {
        "count": core_schema.int_schema(strict=True, ge=1, le=MAXIMUM_ELEMENTS),
        "indices": _table(
            {"bufferView": _INDEX, "componentType": core_schema.literal_schema([5121, 5123, 5125])}, byteOffset=_SIZE
        ),
        "values": _table({"bufferView": _INDEX}, byteOffset=_SIZE),
    }
)
_ACCESSOR: Final = _table(
    {
        "componentType": core_schema.literal_schema(list(COMPONENT_BYTES)),
        "count": core_schema.int_schema(strict=True, ge=1, le=MAXIMUM_ELEMENTS),
        "type": core_schema.literal_schema(list(ELEMENT_COMPONENTS)),
    },
    bufferView=_INDEX,
    byteOffset=_SIZE,
    sparse=_SPARSE,
)
_IMAGE: Final = _table({}, uri=_TEXT, bufferView=_INDEX, mimeType=_TEXT)
_TEXTURE: Final = _table({}, source=_INDEX, sampler=_INDEX, extensions=core_schema.dict_schema(_TEXT))
_MATERIAL: Final = _table(
    {},
    pbrMetallicRoughness=_table(
        {},
        baseColorTexture=_TEXTURE_REF,
        metallicRoughnessTexture=_TEXTURE_REF,
        baseColorFactor=_list(_NUMBER, 4, 4),
        metallicFactor=_NUMBER,
        roughnessFactor=_NUMBER,
    ),
    normalTexture=_TEXTURE_REF,
    occlusionTexture=_TEXTURE_REF,
    emissiveTexture=_TEXTURE_REF,
    alphaMode=core_schema.literal_schema(["OPAQUE", "MASK", "BLEND"]),
    alphaCutoff=_NUMBER,
    doubleSided=core_schema.bool_schema(strict=True),
    name=_TEXT,
)
_PRIMITIVE: Final = _table(
    {"attributes": core_schema.dict_schema(_TEXT, _INDEX, min_length=1, max_length=64)},
    indices=_INDEX,
    material=_INDEX,
    mode=core_schema.int_schema(strict=True, ge=0, le=6),
)
_MESH: Final = _table({"primitives": _list(_PRIMITIVE, 1)}, name=_TEXT)
_NODE: Final = _table(
    {},
    mesh=_INDEX,
    camera=_INDEX,
    skin=_INDEX,
    children=_list(_INDEX),
    matrix=_list(_NUMBER, 16, 16),
    translation=_list(_NUMBER, 3, 3),
    rotation=_list(_NUMBER, 4, 4),
    scale=_list(_NUMBER, 3, 3),
    name=_TEXT,
)

DOCUMENT: Final = SchemaValidator(
    _table(
        {"asset": _table({"version": core_schema.str_schema(strict=True, pattern=r"^2\.\d+$")})},
        buffers=_list(_BUFFER, 0, 64),
        bufferViews=_list(_VIEW),
        accessors=_list(_ACCESSOR),
        images=_list(_IMAGE, 0, 256),
        samplers=_list(_table({})),
        textures=_list(_TEXTURE),
        materials=_list(_MATERIAL),
        meshes=_list(_MESH),
        nodes=_list(_NODE),
        scenes=_list(_table({}, nodes=_list(_INDEX)), 1),
        scene=_INDEX,
        extensionsRequired=_list(_TEXT),
        extensionsUsed=_list(_TEXT),
    )
)
