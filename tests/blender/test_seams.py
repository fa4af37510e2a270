# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is split wherever its texture is cut; the object is not, so that Decimate opens no cracks there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bpy
import forge
import numpy as np
import pytest
from forge import Shape

from tests.blender.test_parity import both, look


def open_edges(item: bpy.types.Object) -> int:
    """Count the edges of one face only, in the mesh as modifiers leave it."""
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    faces_of = np.zeros(len(mesh.edges), int)
    edges = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("edge_index", edges)
    np.add.at(faces_of, edges, 1)
    evaluated.to_mesh_clear()
    return int((faces_of == 1).sum())


def in_charts(rings: int, segments: int) -> Shape:
    """A globe cut into 72 charts, each with its own place in the texture: split wherever two meet."""
    globe = forge.globe(rings, segments)
    row, column = np.divmod(globe.faces.min(axis=1), segments + 1)
    charts = row * 6 // rings * 12 + column * 12 // segments
    pairs, number = np.unique(np.stack([np.repeat(charts, 3), globe.faces.ravel()], 1), axis=0, return_inverse=True)
    chart, vertex = pairs.T
    uvs = globe.uvs[vertex] / 2 + np.stack([chart % 12 / 24, chart // 12 / 12], 1).astype(np.float32)
    return Shape(globe.points[vertex], number.reshape(-1, 3), globe.normals[vertex], uvs.astype(np.float32))


def worked_out_anew(rings: int, segments: int) -> Shape:
    """The same, its normals a little different in every vertex of the file, as another program leaves them."""
    shape = in_charts(rings, segments)
    noise = np.random.default_rng(1).normal(0.0, 1e-7, shape.points.shape)
    return replace(shape, normals=(shape.normals + noise).astype(np.float32))


@pytest.mark.parametrize("shape", [forge.globe, in_charts, worked_out_anew])
def test_decimate_opens_no_cracks_along_seams(tmp_path: Path, shape: Callable[[int, int], Shape]) -> None:
    path = tmp_path / "made.glb"
    path.write_bytes(forge.glb(shape(60, 120), look()))
    ours, stock = both(path)
    before = open_edges(ours), open_edges(stock)
    assert before[0] == 0 and before[1] > 0, "the file is split along its seam, the object is not"
    for item in (ours, stock):
        item.modifiers.new("Decimate", "DECIMATE").ratio = 0.1
    bpy.context.view_layer.update()
    after = open_edges(ours), open_edges(stock)
    assert after[0] == 0 and after[1] > 0
    evaluated = ours.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    assert len(evaluated.polygons) == pytest.approx(len(ours.data.polygons) / 10, rel=0.05)
    assert shape is forge.globe or before[1] > 2000, "there are many seams"
