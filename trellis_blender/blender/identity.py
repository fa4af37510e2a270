# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that several modules of this layer share: the package, the operators, the tab. Imports nothing of ours."""

from typing import Final

PACKAGE: Final = (__package__ or "").rpartition(".")[0]
"""The extension's own package, such as ``bl_ext.user_default.trellis_blender``."""

TAB: Final = "TRELLIS"

GENERATE: Final = "trellis.generate"
CANCEL: Final = "trellis.cancel"
RESUME: Final = "trellis.resume"
SEND_AGAIN: Final = "trellis.send_again"
CHOOSE: Final = "trellis.choose_job"
CLEAN_UP: Final = "trellis.clean_up"
EXPORT_LEDGER: Final = "trellis.export_ledger"
IMPORT: Final = "trellis.import_job"
REMOVE: Final = "trellis.remove_job"
DASHBOARD: Final = "trellis.open_dashboard"
TEST_CONNECTION: Final = "trellis.test_connection"
FOLLOW_PREFERENCE: Final = "trellis.follow_preference"
RENDER_SELECTION: Final = "trellis.render_selection"
CAPTURE_VIEW: Final = "trellis.capture_view"
DROP_CAPTURE: Final = "trellis.drop_capture"
OPEN_PICTURE: Final = "trellis.open_picture"
PASTE_PICTURE: Final = "trellis.paste_picture"
REPEAT: Final = "trellis.repeat_exactly"
REROLL: Final = "trellis.reroll_seed"
SEEDS: Final = "trellis.more_seeds"
COPY_SETTINGS: Final = "trellis.copy_settings"
REVEAL: Final = "trellis.reveal_file"
STEP_VARIANT: Final = "trellis.step_variant"
KEEP_VARIANT: Final = "trellis.keep_variant"
DISCARD_REST: Final = "trellis.discard_rest"
WATCH: Final = "trellis.watch"
