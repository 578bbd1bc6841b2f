#!/usr/bin/env python3
"""How far a picture may be turned until its PDQ hash is another one.

usage: tilts.py PHOTOS [LIMIT]

Turns each photo, reduced to 640 pixels, by 2, 5 and 8 degrees and by a little more, cuts out the largest box of the photo's
shape, and prints for each little: how many of 100 hashes lie within 31 bits of each other.
"""
import math
import pathlib
import sys

import numpy
import pdqhash
from PIL import Image

LITTLE = (0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.6, 2)


def turned(picture, angle):
    turn = math.radians(angle)
    factor = 1 / (math.cos(turn) + math.sin(turn) * max(picture.size) / min(picture.size))
    width, height = picture.width * factor, picture.height * factor
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    box = (round(left), round(top), round(left + width), round(top + height))
    return pdqhash.compute(numpy.asarray(picture.rotate(angle, Image.BICUBIC).crop(box)))[0]


near = {little: [] for little in LITTLE}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir())[: int(sys.argv[2]) if len(sys.argv) > 2 else None]:
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((640, 640))
    for angle in (2, 5, 8):
        own = turned(picture, angle)
        for little in LITTLE:
            near[little].append((own != turned(picture, angle + little)).sum() <= 31)
print("| degrees | " + " | ".join(map(str, LITTLE)) + " |\n|---|" + "---|" * len(LITTLE))
print("| within 31 bits, % | " + " | ".join(f"{100 * numpy.mean(near[little]):.0f}" for little in LITTLE) + " |")
