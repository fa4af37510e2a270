# SPDX-License-Identifier: GPL-3.0-or-later
"""One operator a file: gather values, call down, report."""

import bpy

from .cancel import TRELLIS_OT_cancel
from .capture_view import TRELLIS_OT_capture_view, TRELLIS_OT_drop_capture
from .choose_job import TRELLIS_OT_choose_job
from .clean_up import TRELLIS_OT_clean_up
from .compare_variants import TRELLIS_OT_compare_variants
from .copy_diagnostics import TRELLIS_OT_copy_diagnostics
from .copy_settings import TRELLIS_OT_copy_settings
from .dashboard import TRELLIS_OT_open_dashboard
from .delete_jobs import TRELLIS_OT_delete_jobs
from .edit_sheet import (
    TRELLIS_OT_drop_sheet,
    TRELLIS_OT_merge_subjects,
    TRELLIS_OT_show_subject,
    TRELLIS_OT_split_subjects,
)
from .export_ledger import TRELLIS_OT_export_ledger
from .generate import TRELLIS_OT_generate, TRELLIS_OT_generate_render
from .generate_sheet import TRELLIS_OT_generate_sheet
from .import_job import TRELLIS_OT_import_job
from .job_settings import TRELLIS_OT_copy_job_settings
from .lighter import TRELLIS_OT_reduce
from .make_lods import TRELLIS_OT_follow_lods, TRELLIS_OT_make_lods
from .mark_asset import TRELLIS_OT_mark_asset, TRELLIS_OT_save_asset
from .more_seeds import TRELLIS_OT_more_seeds
from .open_folder import TRELLIS_OT_open_folder
from .open_picture import TRELLIS_FH_picture, TRELLIS_OT_open_picture
from .order_again import TRELLIS_OT_order_again
from .paste_key import TRELLIS_OT_paste_key
from .paste_picture import TRELLIS_OT_paste_picture
from .pick_variant import TRELLIS_OT_pick_variant
from .quality_preset import TRELLIS_OT_apply_preset, TRELLIS_OT_save_preset
from .random_seed import TRELLIS_OT_random_seed
from .remove_job import TRELLIS_OT_remove_job
from .render_selection import TRELLIS_OT_render_selection
from .repeat_exactly import TRELLIS_OT_repeat_exactly, TRELLIS_OT_reroll_seed, TRELLIS_OT_vary_by_panel
from .reset_settings import TRELLIS_OT_reset_settings
from .restore_proxy import TRELLIS_OT_restore_proxy
from .resume import TRELLIS_OT_resume
from .reveal_file import TRELLIS_OT_reveal_file
from .reveal_job import TRELLIS_OT_reveal_job
from .send_again import TRELLIS_OT_send_again
from .show_history import TRELLIS_OT_clear_filters, TRELLIS_OT_show_history, TRELLIS_OT_show_waiting
from .show_log import TRELLIS_OT_show_log
from .show_object import TRELLIS_OT_show_object
from .show_preview import TRELLIS_OT_show_preview
from .split_sheet import TRELLIS_OT_split_sheet
from .step_variant import TRELLIS_OT_discard_rest, TRELLIS_OT_keep_variant, TRELLIS_OT_step_variant
from .test_connection import TRELLIS_OT_test_connection
from .use_addition import TRELLIS_OT_use_addition

_CLASSES = (
    TRELLIS_OT_generate,
    TRELLIS_OT_generate_render,
    TRELLIS_OT_generate_sheet,
    TRELLIS_OT_split_sheet,
    TRELLIS_OT_merge_subjects,
    TRELLIS_OT_split_subjects,
    TRELLIS_OT_show_subject,
    TRELLIS_OT_drop_sheet,
    TRELLIS_OT_cancel,
    TRELLIS_OT_resume,
    TRELLIS_OT_send_again,
    TRELLIS_OT_order_again,
    TRELLIS_OT_choose_job,
    TRELLIS_OT_clean_up,
    TRELLIS_OT_export_ledger,
    TRELLIS_OT_import_job,
    TRELLIS_OT_remove_job,
    TRELLIS_OT_open_dashboard,
    TRELLIS_OT_test_connection,
    TRELLIS_OT_reset_settings,
    TRELLIS_OT_apply_preset,
    TRELLIS_OT_save_preset,
    TRELLIS_OT_random_seed,
    TRELLIS_OT_render_selection,
    TRELLIS_OT_capture_view,
    TRELLIS_OT_drop_capture,
    TRELLIS_OT_open_picture,
    TRELLIS_OT_paste_picture,
    TRELLIS_OT_reduce,
    TRELLIS_OT_make_lods,
    TRELLIS_OT_follow_lods,
    TRELLIS_FH_picture,
    TRELLIS_OT_repeat_exactly,
    TRELLIS_OT_reroll_seed,
    TRELLIS_OT_vary_by_panel,
    TRELLIS_OT_more_seeds,
    TRELLIS_OT_copy_settings,
    TRELLIS_OT_reveal_file,
    TRELLIS_OT_step_variant,
    TRELLIS_OT_keep_variant,
    TRELLIS_OT_discard_rest,
    TRELLIS_OT_show_preview,
    TRELLIS_OT_pick_variant,
    TRELLIS_OT_compare_variants,
    TRELLIS_OT_restore_proxy,
    TRELLIS_OT_mark_asset,
    TRELLIS_OT_save_asset,
    TRELLIS_OT_use_addition,
    TRELLIS_OT_show_history,
    TRELLIS_OT_show_waiting,
    TRELLIS_OT_clear_filters,
    TRELLIS_OT_delete_jobs,
    TRELLIS_OT_copy_job_settings,
    TRELLIS_OT_reveal_job,
    TRELLIS_OT_show_object,
    TRELLIS_OT_show_log,
    TRELLIS_OT_copy_diagnostics,
    TRELLIS_OT_paste_key,
    TRELLIS_OT_open_folder,
)


def register() -> None:
    """Add the operators."""
    for cls in _CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    """Take the operators out."""
    for cls in reversed(_CLASSES):
        bpy.utils.unregister_class(cls)
