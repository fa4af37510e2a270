# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's page in the preferences, section by section."""

from collections.abc import Callable

from photography.studio import State, Studio

TITLE = "Preferences"
SAYS = "The extension's page in *Edit > Preferences > Add-ons*; each section opens and closes by its heading."
CUT = (0.0, 0.175, 1.0, 0.815)
OPEN_PAGE = """
bpy.context.preferences.active_section = 'ADDONS'
bpy.context.window_manager.addon_search = 'TRELLIS'
import addon_utils
for module in addon_utils.modules():
    if module.__name__.endswith('.trellis_blender'):
        addon_utils.module_bl_info(module)['show_expanded'] = True
area('VIEW_3D').type = 'PREFERENCES'
"""


def whole(studio: Studio) -> None:
    studio.connect()
    studio.run("bpy.ops.trellis.test_connection('INVOKE_DEFAULT')")
    studio.run(OPEN_PAGE)


def _showing(*sections: str) -> Callable[[Studio], None]:
    def show(studio: Studio) -> None:
        studio.open_sections(*sections)

    return show


def proxy(studio: Studio) -> None:
    studio.preferences(proxy_mode="OWN", proxy_url="http://proxy.example:8080")
    studio.open_sections("network")


def _state(name: str, says: str, act: Callable[[Studio], None], *, goes_on: bool = True) -> State:
    return State(
        name, says, act, goes_on=goes_on, area="PREFERENCES", look="area", cut=CUT, is_trimmed=True, size=(1120, 1340)
    )


STATES = (
    _state("preferences", "The page as it is at first, after Test Connection", whole, goes_on=False),
    _state("preferences-pictures", "How pictures are made ready, and what new objects are like",
           _showing("pictures", "objects")),
    _state("preferences-network", "Time-outs, proxy and certificates", proxy),
    _state("preferences-storage", "Where objects are kept, what they need, and what the interface shows of jobs",
           _showing("storage", "interface", "diagnostics")),
)  # fmt: skip
