#!/usr/bin/env python3
"""Recall of Ansim and of plain PDQ in 8 orientations on simple copies, side by side.

usage: recall.py [--ansim PATH] [--limit N] [--distractors FOLDER] PHOTOS

Makes copies of the photos (JPEG q30, other sizes, mirrored, turned), registers the photos, scans
the copies and the distractors with Ansim, and does the same with pdqhash: the reference's eight
dihedral hashes against the copy's one, distance at most 31, quality at least 50.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pdqhash
from PIL import Image

EDITS = {
    "jpegQ30": (lambda im: im, 30),
    "half": (lambda im: im.resize((max(1, im.width // 2), max(1, im.height // 2)), Image.LANCZOS), 85),
    "quarter": (lambda im: im.resize((max(1, im.width // 4), max(1, im.height // 4)), Image.LANCZOS), 85),
    "threeQuarters": (lambda im: im.resize((im.width * 3 // 4, im.height * 3 // 4), Image.BICUBIC), 85),
    "double": (lambda im: im.resize((im.width * 2, im.height * 2), Image.BICUBIC), 85),
    "mirrored": (lambda im: im.transpose(Image.FLIP_LEFT_RIGHT), 85),
    "rotated90": (lambda im: im.transpose(Image.ROTATE_90), 85),
    "halfMirroredQ50": (
        lambda im: im.resize((max(1, im.width // 2), max(1, im.height // 2)), Image.LANCZOS).transpose(Image.FLIP_LEFT_RIGHT), 50),
}


def pixels(path):
    return numpy.asarray(Image.open(path).convert("RGB"))


def main():
    parser = argparse.ArgumentParser()
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--ansim", default=root / ".build/release/ansim")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--distractors")
    parser.add_argument("photos")
    arguments = parser.parse_args()

    photos = []
    for path in sorted(pathlib.Path(arguments.photos).iterdir()):
        try:
            Image.open(path).verify()
            photos.append(path)
        except Exception:
            print(f"not a picture, left out: {path.name}", file=sys.stderr)
    photos = photos[: arguments.limit]

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = os.environ | {"ANSIM_REGISTRY": str(folder / "registry/registry.sqlite")}
        (folder / "references").mkdir()
        for number, photo in enumerate(photos):
            os.symlink(photo.resolve(), folder / "references" / f"{number:05}")
        for name, (edit, quality) in EDITS.items():
            (folder / "copies" / name).mkdir(parents=True)
            for number, photo in enumerate(photos):
                copy = edit(Image.open(photo).convert("RGB"))
                copy.save(folder / "copies" / name / f"{number:05}.jpg", quality=quality)

        def ansim(*words):
            result = subprocess.run(
                [str(arguments.ansim), *map(str, words)], env=environment, capture_output=True, text=True)
            if result.returncode not in (0, 2):
                sys.exit(result.stderr)
            return result.stdout

        ansim("register", "--case", "recall", "--keep-names", folder / "references")
        names = {}
        for line in ansim("registry", "list", "--case", "recall").splitlines():
            parts = line.split("\t")
            names[int(parts[0])] = int(parts[-1])
        scanned = [folder / "copies"] + ([arguments.distractors] if arguments.distractors else [])
        matches = collections.defaultdict(set)
        for line in ansim("scan", *scanned).splitlines():
            record = json.loads(line)
            if record["kind"] == "match":
                matches[record["path"]].add(names[record["reference"]])

        references = []
        for photo in photos:
            hashes, quality = pdqhash.compute_dihedral(pixels(photo))
            references.append(numpy.array(hashes, dtype=bool) if quality >= 50 else numpy.zeros((0, 256), bool))
        table = numpy.concatenate(references)
        owner = numpy.concatenate([[i] * len(r) for i, r in enumerate(references)])

        def pdq_matches(path):
            hash_, quality = pdqhash.compute(pixels(path))
            if quality < 50:
                return set()
            return set(owner[(table != hash_.astype(bool)).sum(axis=1) <= 31].tolist())

        print(f"{len(photos)} photos; found of the copies, and copies with a wrong match besides")
        print(f"{'edit':18}{'Ansim':>8}{'wrong':>7}{'PDQ x 8':>10}{'wrong':>7}")
        for name in EDITS:
            counts = [0, 0, 0, 0]
            for number in range(len(photos)):
                path = folder / "copies" / name / f"{number:05}.jpg"
                for offset, found in ((0, matches[str(path)]), (2, pdq_matches(path))):
                    counts[offset] += number in found
                    counts[offset + 1] += bool(found - {number})
            print(f"{name:18}{counts[0]:>8}{counts[1]:>7}{counts[2]:>10}{counts[3]:>7}")
        if arguments.distractors:
            files = [p for p in sorted(pathlib.Path(arguments.distractors).rglob("*")) if p.is_file()]
            wrong = sum(bool(matches[str(p)]) for p in files)
            print(f"{len(files)} distractors: {wrong} matched by Ansim, "
                  f"{sum(bool(pdq_matches(p)) for p in files)} by PDQ x 8")


main()
