# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist can read, collected from the source by its syntax tree, and its translations: PO files to JSON.

Standard library only, since the build uses it; what others use: ``compiling.compile_into``.
"""
