# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of displays that killed servers have left are taken again; imports no Blender."""

import socket
from pathlib import Path

from tests.gui import display


def test_what_a_killed_server_left_is_no_display_and_goes(tmp_path: Path) -> None:
    """Forty of them were all numbers that there are."""
    address = tmp_path / "X90"
    assert not display.is_served(address)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        server.listen()
        assert display.is_served(address)
    assert address.exists()
    assert not display.is_served(address)
    assert not address.exists()
