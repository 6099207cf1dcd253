"""Pictures of pages, small enough to be kept: PNGs of at most 256 colours."""

import base64
import os
import struct
import zlib
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.stand import ROOT

#: Whether pictures are to be left.
KEPT = os.environ.get("JINENG_SCREENSHOTS") == "1"
#: A page is a few colours and the shades at the edges of its letters: the most frequent ones stand
#: for all, and with them those that are like no other, so that a small mark keeps its red or green.
#: Done by the browser, which has the pixels anyway.
FEWER_COLOURS = """async source => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const ink = canvas.getContext("2d");
  ink.drawImage(image, 0, 0);
  const dots = new Uint32Array(ink.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const dot of dots) counts.set(dot, (counts.get(dot) ?? 0) + 1);
  const parts = dot => [dot & 255, (dot >> 8) & 255, (dot >> 16) & 255];
  const far = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const ranked = [...counts].sort((a, b) => b[1] - a[1]).map(one => one[0]);
  const frequent = ranked.slice(0, COLOURS / 2);
  const kept = frequent.map(parts);
  for (const apart of [APART ** 2, 0])
    for (const dot of ranked) {
      if (frequent.length === COLOURS) break;
      if (frequent.includes(dot) || kept.some(one => far(one, parts(dot)) < apart)) continue;
      frequent.push(dot);
      kept.push(parts(dot));
    }
  const near = new Map(frequent.map((dot, at) => [dot, at]));
  const nearest = dot => {
    let best = 0, least = Infinity;
    kept.forEach((one, at) => {
      const away = far(one, parts(dot));
      if (away < least) [best, least] = [at, away];
    });
    near.set(dot, best);
    return best;
  };
  let text = "";
  for (const dot of dots) text += String.fromCharCode(near.get(dot) ?? nearest(dot));
  return {width, height, colours: kept.flat(), dots: btoa(text)};
}"""
COLOURS = 48
#: So far apart are colours that are not alike, of 442 from black to white.
APART = 40


#: The pictures that README and the pages of `docs` show.
TOUR = ROOT / "docs" / "screenshots"


def toured(page: Page, name: str) -> None:
    """Leaves the picture of the tour that shows this page, which must be there."""
    picture = TOUR / f"tour-{name}.png"
    if KEPT:
        keep(page, picture)
    assert picture.exists()


def keep(page: Page, path: Path, *, whole: bool = False) -> None:
    """Writes a picture of what the page shows to `path`; with `whole`, of all that can be seen."""
    shot = base64.b64encode(page.screenshot(full_page=whole)).decode()
    # Beside the page, whose content security policy allows no script of ours.
    workbench = page.context.new_page()
    found = workbench.evaluate(
        FEWER_COLOURS.replace("COLOURS", str(COLOURS)).replace("APART", str(APART)),
        f"data:image/png;base64,{shot}",
    )
    workbench.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_png(found))


def _png(found: dict[str, Any]) -> bytes:
    width, height = found["width"], found["height"]
    dots = base64.b64decode(found["dots"])
    rows = b"".join(b"\0" + dots[row * width : (row + 1) * width] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", header),
            (b"PLTE", bytes(found["colours"])),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + check
