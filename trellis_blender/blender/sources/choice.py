# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be sent, as one value: a datablock, a capture, an address, or none and why. Reads no pixels."""

from dataclasses import dataclass

import bpy

from ...core.image_url import file_name
from ...core.naming import readable, stem
from ..captures import Capture

EXTENSIONS = frozenset("png jpg jpeg jp2 webp tif tiff exr hdr tga bmp dpx cin psd gif dds".split()) | frozenset(
    extension.removeprefix(".")
    for extension in bpy.path.extensions_image  # type: ignore[attr-defined]
)
"""Files that Blender reads as images; ends of names that say nothing about the subject."""


@dataclass(frozen=True)
class Choice:
    """The picture that would be sent. Holds datablocks: for one call, never kept."""

    image: bpy.types.Image | None = None
    missing: str = ""
    """Why there is none; one line without a full stop."""
    user: bpy.types.ImageUser | None = None
    """Whoever shows the image, and so says which frame or layer of it."""
    canvas: bpy.types.Object | None = None
    """The object that carries the image, when the artist selected that."""
    capture: Capture | None = None
    url: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything to send."""
        return not self.missing

    @property
    def is_render(self) -> bool:
        """Whether it is the Render Result, which has no pixels of its own."""
        return self.image is not None and self.image.type == "RENDER_RESULT"

    @property
    def identity(self) -> str:
        """Tell this picture from others, in plain text that may be kept."""
        if self.capture is not None:
            return f"capture {self.capture.number}"
        return f"{self.image.name_full} {self.image.session_uid}" if self.image is not None else self.url

    @property
    def name(self) -> str:
        """Give the name for the job and its object, in one line: the image's, without a file's extension."""
        if self.capture is not None:
            return readable(self.capture.name)
        if self.url:
            return stem(readable(file_name(self.url)), EXTENSIONS) or "Picture"
        if self.image is None:
            return ""
        return "Render" if self.is_render else stem(readable(self.image.name), EXTENSIONS)

    @property
    def size(self) -> str:
        """Give width and height in words, where they are known without loading the file."""
        if self.capture is not None:
            return f"{self.capture.width} × {self.capture.height}"
        if self.image is None or not self.image.has_data:
            return ""
        width, height = self.image.size
        return f"{width} × {height}" if width and height else ""

    @property
    def note(self) -> str:
        """Say what of the image is sent, where it is not the whole; or an empty text."""
        if self.canvas is not None:
            return f"On {self.canvas.name}"
        if self.image is not None and self.image.source == "TILED" and len(self.image.tiles) > 1:
            return f"Tile {self.image.tiles[0].number} only, of {len(self.image.tiles)}"
        if self.image is not None and self.image.source in ("SEQUENCE", "MOVIE"):
            return "The current frame"
        if self.image is not None and (self.is_render or self.image.type == "MULTILAYER"):
            return self._other_layer()
        return self._eye() if self.image is not None and self.image.is_multiview else ""

    def _other_layer(self) -> str:
        # By indices alone: Blender does not tell whether the first of them is a layer or the composite.
        if self.user is not None and self.user.multilayer_pass:
            return "The editor shows another pass; Combined is sent"
        if self.user is not None and self.user.multilayer_layer:
            return "Combined of the layer in the editor"
        return self._eye()

    def _eye(self) -> str:
        if self.user is not None and self.user.multilayer_view:
            return "The view in the editor"
        return "The left view" if self.image is not None and self.image.is_multiview else ""

    @property
    def icon(self) -> str:
        """Give Blender's icon for this kind of picture."""
        if self.capture is not None:
            return "RESTRICT_RENDER_OFF"
        if self.url:
            return "URL"
        if self.canvas is not None:
            return "IMAGE_PLANE" if self.canvas.type == "MESH" else "IMAGE_REFERENCE"
        return "RENDER_RESULT" if self.is_render else "IMAGE_DATA"
