"""Reading screenshots with the models that come with the package."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib

import pytest

from bot.errors import InputError
from bot.ocr import MAX_PIXELS, Piece, ScreenReader, lay_out

LINES = [
    "Traceback (most recent call last):",
    '  File "/srv/app/main.py", line 12, in <module>',
    "    asyncio.run(main())",
    "ConnectionClosedError: received 1008 (policy violation) quota_exhausted",
]


def piece(text: str, left: float, top: float, *, width: float = 10.0, height: float = 20.0) -> Piece:
    return Piece(text, left, left + width * len(text), top, top + height)


def test_lines_keep_their_order_and_their_indentation() -> None:
    pieces = [piece("return x", 45, 60), piece("def f():", 5, 0), piece("x = 1", 45, 30)]
    assert lay_out(pieces) == "def f():\n    x = 1\n    return x"


def test_pieces_at_the_same_height_are_one_line() -> None:
    pieces = [piece("line 12", 200, 2), piece('File "main.py",', 0, 0), piece("asyncio.run()", 0, 40)]
    assert lay_out(pieces) == 'File "main.py", line 12\nasyncio.run()'


def test_a_piece_far_to_the_right_does_not_make_an_endless_line() -> None:
    text = lay_out([piece("a", 0, 0), piece("b", 100_000, 40)])
    assert len(text) < 100


def png(width: int, height: int) -> bytes:
    """The head of a picture that claims to be this large, and next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\x00\x00", png(10, 10)])
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(InputError, match="cannot be decoded"):
        ScreenReader().read(data)


def test_a_picture_that_claims_to_be_huge_is_not_decoded() -> None:
    with pytest.raises(InputError, match="million pixels"):
        ScreenReader().read(png(MAX_PIXELS, 2))


@pytest.mark.parametrize(("paper", "ink"), [("white", "black"), ("#1e1e1e", "#dddddd")], ids=["light", "dark"])
def test_reads_a_traceback_off_a_screenshot(paper: str, ink: str) -> None:
    text = ScreenReader().read(screenshot(LINES, paper, ink))
    squeezed = [line.replace(" ", "") for line in text.splitlines()]
    assert squeezed == [line.replace(" ", "") for line in LINES]
    assert [len(line) - len(line.lstrip()) for line in text.splitlines()] == [0, 2, 4, 0]


def test_a_picture_without_text_is_told() -> None:
    with pytest.raises(InputError, match="no text"):
        ScreenReader().read(screenshot([], "white", "black"))


def test_nothing_of_it_is_loaded_before_a_picture_comes() -> None:
    code = "import sys, bot.ocr; bot.ocr.ScreenReader(); assert 'rapidocr' not in sys.modules and 'cv2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def screenshot(lines: list[str], paper: str, ink: str) -> bytes:
    """A picture of text, as a terminal shows it."""
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSansMono.ttf", 15)
    picture = Image.new("RGB", (760, 40 + 26 * len(lines)), paper)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((12, 12 + 26 * number), line, font=font, fill=ink)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
