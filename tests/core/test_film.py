# SPDX-License-Identifier: GPL-3.0-or-later
"""The walk-through's film: what stands still is one frame, the pointer is in it, and it plays as long as it should."""

from pathlib import Path

from PIL import Image

from photography.film import CAPTION_PIXELS, Film

SIZE = (160, 120)
GREY = (60, 60, 60)


def shot(path: Path, colour: tuple[int, int, int] = GREY) -> Path:
    Image.new("RGB", SIZE, colour).save(path)
    return path


def test_what_stands_still_is_one_frame(tmp_path: Path) -> None:
    film, still = Film(SIZE), shot(tmp_path / "still.png")
    for _ in range(3):
        film.add(still, (20, 20), 0.5)
    assert (len(film.frames), film.length) == (1, 1.5)
    film.add(still, (24, 20), 0.5)
    assert len(film.frames) == 2, "the pointer has moved"
    film.caption = "Press"
    film.add(still, (24, 20), 0.5)
    assert len(film.frames) == 3, "the caption is another"


def test_the_pointer_and_a_press_are_seen(tmp_path: Path) -> None:
    film, still = Film(SIZE), shot(tmp_path / "still.png")
    film.add(still, (60, 40), 0.1)
    film.add(still, (60, 40), 0.1, pressed=True)
    free, pressed = film.frames
    assert free.getpixel((63, 49)) == (255, 255, 255) and free.getpixel((20, 20)) == GREY
    assert free.getpixel((60, 26)) == GREY != pressed.getpixel((60, 26))


def test_it_plays_as_long_as_it_should(tmp_path: Path) -> None:
    film = Film(SIZE)
    for number in range(4):
        film.add(shot(tmp_path / "shot.png", (number * 60, 0, 0)), (10, 10), 0.25)
    film.write(tmp_path / "film.webp")
    milliseconds = 0
    with Image.open(tmp_path / "film.webp") as played:
        assert (played.size, played.n_frames) == ((SIZE[0], SIZE[1] + CAPTION_PIXELS), 4)
        for number in range(played.n_frames):
            played.seek(number)
            played.load()
            milliseconds += played.info["duration"]
    assert milliseconds == 1000
