# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts/screenshots does: brings a real window into every state of the interface and keeps a picture of each."""
