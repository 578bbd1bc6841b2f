#!/usr/bin/env python3
"""Compares the hashes of `ansim hash` with those of the PyPI package pdqhash, file by file.

    Benchmarks/peers/run compare_pdqhash.py [--ansim PATH] FOLDER

pdqhash computes luma in float64 and rounds it once to float32; the C++ reference
computes it in float32. The two differ in the last bit of many pixels, which can
change a hash where a picture has exact ties. So each file that differs is hashed
again with a model of PDQ on float32 luma: if that gives Ansim's hash and quality,
the luma explains the difference.

Exit status: 0 when every compared file is equal or explained, 1 when one is not
or when there was nothing to compare, 2 when `ansim` could not be run.
"""

import argparse
import collections
import json
import math
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pdqhash
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
F32 = np.float32


# ------------------------------------------------------------ a model of PDQ
#
# Every sum below has one fixed order, and every operation is rounded to float32
# by itself: the rounding is part of the hash. np.add.accumulate adds strictly
# one after the other, which np.sum does not.

def luma(rgb, real=F32):
    """Luma as float32, computed in `real`: float32 like the reference, float64 like pdqhash."""
    red, green, blue = (rgb[..., k].astype(real) for k in range(3))
    return ((real(0.299) * red + real(0.587) * green) + real(0.114) * blue).astype(F32)


def box(lines):
    """One box pass down the columns of `lines`, with one running sum for each column."""
    n = len(lines)
    window = (n + 127) // 128
    lead = (window + 2) // 2 - 1  # inputs taken before the first output
    # The steps of the running sum in order: add `window` values; then add one and
    # take one away, n - window times; then only take away.
    steps = np.empty((n + n - window + lead, *lines.shape[1:]), F32)
    steps[:window] = lines[:window]
    middle = steps[window:window + 2 * (n - window)]
    middle[0::2] = lines[window:]
    middle[1::2] = -lines[:n - window]
    steps[2 * n - window:] = -lines[n - window:n - window + lead]
    sums = np.add.accumulate(steps, axis=0, dtype=F32)
    # Which step each output follows, and how many values are in the sum there.
    grow = np.arange(lead, window)
    slide = window + 1 + 2 * np.arange(n - window)
    shrink = 2 * n - window + np.arange(lead)
    counts = np.concatenate([grow + 1, np.full(n - window, window), window - 1 - np.arange(lead)])
    return sums[np.concatenate([grow, slide, shrink])] / counts.astype(F32)[:, None]


def shrink(pixels):
    """Blur twice along rows and columns, then pick 64 x 64 values."""
    rows, columns = pixels.shape
    if rows == columns == 64:
        return pixels  # the reference takes such a picture as it is
    for _ in range(2):
        pixels = box(np.ascontiguousarray(pixels.T)).T
        pixels = box(np.ascontiguousarray(pixels))
    odd = 2 * np.arange(64) + 1
    return pixels[np.ix_(odd * rows // 128, odd * columns // 128)]


def quality_of(b):
    total = 0
    for difference in (b[:-1] - b[1:], b[:, :-1] - b[:, 1:]):
        total += int(np.abs(np.trunc(difference * F32(100) / F32(255))).astype(np.int64).sum())
    return min(100, total // 90)


def cosines():
    scale = float(F32(math.sqrt(2.0 / 64)))
    return np.array([[scale * math.cos(((math.pi / 2 / 64) * (i + 1)) * (2 * k + 1)) for k in range(64)]
                     for i in range(16)]).astype(F32)


COSINES = cosines()


def ordered_product(a, b):
    """Matrix product whose sums run over k = 0, 1, 2, ... without regrouping."""
    terms = a[:, :, None] * b[None, :, :]
    return np.add.accumulate(terms, axis=1, dtype=F32)[:, -1]


def pdq(pixels):
    """(64 hex digits, quality) of a float32 luma picture."""
    if min(pixels.shape) < 5:
        return "0" * 64, 0
    b = shrink(pixels)
    frequencies = ordered_product(ordered_product(COSINES, b), COSINES.T).ravel()
    bits = frequencies > np.sort(frequencies)[127]  # the lower median
    return np.packbits(bits[::-1]).tobytes().hex(), quality_of(b)  # bit 255 first


# --------------------------------------------------------------- comparison

def peer(rgb):
    """(64 hex digits, quality) by pdqhash."""
    bits, quality = pdqhash.compute(rgb)
    return np.packbits(np.asarray(bits, np.uint8)).tobytes().hex(), int(quality)


def distance(a, b):
    return (int(a, 16) ^ int(b, 16)).bit_count()


def decode(path):
    """Full size, as stored: no turning by EXIF, no resizing; the first frame of an animation."""
    with Image.open(path) as image:
        return np.ascontiguousarray(np.asarray(image.convert("RGB")))


def run_ansim(program, folder):
    try:
        result = subprocess.run([str(program), "hash", "--format", "jsonl", str(folder)],
                                stdout=subprocess.PIPE, check=False)
    except OSError as error:
        print(f"cannot run {program}: {error.strerror}", file=sys.stderr)
        raise SystemExit(2)
    records = []
    for number, line in enumerate(result.stdout.decode("utf-8", "surrogateescape").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            print(f"ansim printed no JSON object in line {number}: {line[:120]}", file=sys.stderr)
            raise SystemExit(2)
        records.append(record)
    if not records and result.returncode:
        print(f"ansim printed nothing and ended with status {result.returncode}", file=sys.stderr)
        raise SystemExit(2)
    if result.returncode:
        print(f"note: ansim ended with status {result.returncode}")
    return records


def locate(record, name, folder):
    """The file behind a printed path, whether that is absolute, inside the folder or as seen from here."""
    if "pathBytes" in record:  # a name that is not UTF-8, in hex
        name = os.fsdecode(bytes.fromhex(record["pathBytes"]))
    for candidate in (folder / name, Path(name)):
        if candidate.is_file():
            return candidate.resolve()
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--ansim", type=Path, default=ROOT / ".build" / "release" / "ansim", metavar="PATH",
                        help="default: .build/release/ansim in this repository")
    arguments = parser.parse_args()
    folder = arguments.folder
    sys.stdout.reconfigure(errors="backslashreplace")  # names that are not UTF-8
    warnings.filterwarnings("ignore", module="PIL")  # remarks on odd files; what fails to open is listed
    if not folder.is_dir():
        parser.error(f"not a folder: {folder}")

    compared, equal_hash, equal_quality, explained = 0, 0, 0, 0
    histogram = collections.Counter()
    differing, unexamined, unreadable, seen = [], [], [], set()
    for record in run_ansim(arguments.ansim, folder):
        if "path" not in record and record.get("kind") != "unexamined":
            continue  # a summary, not a file
        name = str(record.get("path", "(no path)"))
        path = locate(record, name, folder)
        if path:
            seen.add(path)
        if record.get("kind") == "unexamined" or not isinstance(record.get("hash"), str):
            why = ", ".join(str(record[key]) for key in ("verdict", "reason", "detail") if record.get(key))
            unexamined.append((name, why or json.dumps(record, ensure_ascii=False)))
            continue
        if path is None:
            unreadable.append((name, "no such file"))
            continue
        try:
            rgb = decode(path)
        except Exception as error:  # Pillow raises many kinds on broken files
            unreadable.append((name, f"{type(error).__name__}: {error}".replace(str(path), name)))
            continue
        ours = record["hash"].lower(), record.get("quality")
        theirs = peer(rgb)
        compared += 1
        bits = distance(ours[0], theirs[0])
        histogram[bits] += 1
        equal_hash += bits == 0
        equal_quality += ours[1] == theirs[1]
        if ours == theirs:
            continue
        by_luma = pdq(luma(rgb)) == ours
        explained += by_luma
        verdict = "explained by float32 luma" if by_luma else "NOT EXPLAINED"
        if pdq(luma(rgb, np.float64)) != theirs:  # then the model itself is in doubt for this file
            verdict += " (and the model with float64 luma does not give pdqhash's result)"
        differing.append((name, bits, ours[1], theirs[1], verdict))

    silent = sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                    if path.is_file() and path.resolve() not in seen)
    unexplained = len(differing) - explained

    print(f"files compared:      {compared}")
    print(f"equal hash:          {equal_hash}")
    print(f"equal quality:       {equal_quality}")
    print(f"differing:           {len(differing)} ({explained} explained by float32 luma, {unexplained} not)")
    if histogram:
        print("distances:           " + ", ".join(f"{bits} bits: {count}" for bits, count in sorted(histogram.items())))
    for name, bits, ours, theirs, verdict in differing:
        print(f"  differs  {name}: {bits} bits, quality {ours} (ansim) and {theirs} (pdqhash): {verdict}")
    for title, entries in (("unexamined by ansim", unexamined), ("not opened by Pillow", unreadable)):
        print(f"{title + ':':20s} {len(entries)}")
        for name, reason in entries:
            print(f"  {name}: {reason}")
    print(f"{'not mentioned:':20s} {len(silent)}")
    for name in silent:
        print(f"  {name}")
    return 0 if compared and unexplained == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
