# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a view layer, a scene or a collection has an object: asked for itself, since a linked one may be called so.

Knows nothing of what is done with it.
"""

import bpy


def has(objects: "bpy.types.bpy_prop_collection[bpy.types.Object]", item: bpy.types.Object) -> bool:
    """Whether an object is one of many; quick where no other one of them has its name."""
    found = objects.get(item.name)
    return found is not None and (found == item or item in set(objects))
