#!/usr/bin/env python3
"""Makes large copies of photos for benchmarks: 1, 4 and 12 megapixels, as baseline and progressive JPEG and as PNG."""

import argparse
import math
import pathlib

from PIL import Image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=pathlib.Path, help="folder of photos")
    parser.add_argument("output", type=pathlib.Path, help="folder to make")
    parser.add_argument("--count", type=int, default=12, help="photos to take, the largest first (12)")
    parser.add_argument("--png-count", type=int, default=6, help="of them, how many as PNG too (6)")
    options = parser.parse_args()

    def pixels(path: pathlib.Path) -> int:
        with Image.open(path) as image:
            return image.width * image.height

    paths = [path for path in options.photos.iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]
    paths.sort(key=lambda path: (-pixels(path), path.name))
    for number, path in enumerate(paths[: options.count]):
        with Image.open(path) as image:
            image = image.convert("RGB")
        for megapixels in (1, 4, 12):
            scale = math.sqrt(megapixels * 1e6 / (image.width * image.height))
            large = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
            for kind in ("baseline", "progressive"):
                folder = options.output / f"jpeg-{kind}-{megapixels}mp"
                folder.mkdir(parents=True, exist_ok=True)
                large.save(folder / f"{path.stem}.jpg", quality=75, progressive=kind == "progressive")
            if number < options.png_count:
                folder = options.output / f"png-{megapixels}mp"
                folder.mkdir(parents=True, exist_ok=True)
                large.save(folder / f"{path.stem}.png")
                if number % 3 == 2:
                    large.convert("RGBA").save(folder / f"{path.stem}-rgba.png")


if __name__ == "__main__":
    main()
