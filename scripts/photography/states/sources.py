# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every kind, and what is said of them before they cost anything."""

from photography import pictures
from photography.studio import State, Studio
from tests.gui import scene

TITLE = "The picture"
SAYS = "The preview shows what is sent, and says what is wrong with it before it costs anything."


def good(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.await_preview()


def opaque(studio: Studio) -> None:
    studio.show_image(pictures.photo(), "photo.png")
    studio.await_preview()


def cut(studio: Studio) -> None:
    studio.settings(background="CUT")
    studio.await_preview()


def refused(studio: Studio) -> None:
    studio.run("bpy.ops.trellis.reset_settings(group='PICTURE')")
    studio.show_image(pictures.empty(), "ghost.png")
    studio.await_preview()


def small(studio: Studio) -> None:
    studio.show_image(pictures.small(), "small.png")
    studio.await_preview()


def several(studio: Studio) -> None:
    studio.show_image(pictures.sheet(), "garden.png")
    studio.await_preview()


def split(studio: Studio) -> None:
    studio.press("trellis.split_sheet")
    sheets = f"__import__({scene.PACKAGE + '.blender.sheets'!r}, fromlist=['of'])"
    listed = "len(bpy.context.window_manager.trellis_sheet.subjects) == 5"
    studio.window.wait_for(f"{listed} and not {sheets}.is_busy()", timeout=20)


def address(studio: Studio) -> None:
    studio.settings(source="URL", source_url="https://example.com/chair.png")


def image_editor(studio: Studio) -> None:
    studio.connect()
    studio.show_image(pictures.mushroom(), "mushroom.png")
    studio.settings(source="AUTO")
    studio.run("area('VIEW_3D').type = 'IMAGE_EDITOR'\narea('IMAGE_EDITOR').spaces.active.image = picture")
    studio.await_preview("IMAGE_EDITOR")


STATES = (
    State("picture", "A picture with its preview: what is sent, and how large that is", good),
    State("picture-opaque", "A picture without transparency, and the way to make it exact", opaque, goes_on=True),
    State("picture-cut", "The same picture with its background cut", cut, goes_on=True),
    State("picture-refused", "A picture that would fail is refused before it costs anything", refused, goes_on=True),
    State("picture-small", "A small subject in a large frame", small, goes_on=True),
    State("picture-address", "A picture on the web", address, goes_on=True),
    State("sheet", "Several subjects in one picture", several, goes_on=True),
    State("sheet-split", "The sheet split into its subjects", split, goes_on=True),
    State("image-editor", "The panel in the Image Editor", image_editor, area="IMAGE_EDITOR"),
)
