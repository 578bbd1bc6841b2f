#!/usr/bin/env python3
"""Recall on edited copies, false positives and cost at each depth of search, beside hashes of whole pictures.

usage: robustness.py [--ansim PATH] [--limit N] [--edits FOLDER] [--depths quick,regions,full] [--peers] [--floors FILE]
                     --distractors FOLDER PHOTOS

Makes the edits of edits.py from the photos (or takes a folder that holds <edit>/<name of the photo>.jpg), registers all
photos, scans edits and distractors with each depth, and prints a table: of every 100 copies, how many were matched with
their own photo. With --peers, also pdqhash (8 orientations, <= 31 bits) and imagehash's phash, dhash and whash (<= 10 of
64 bits). With --floors, a JSON file of {depth: {edit: percent}}, the exit status is 1 when something falls short.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

import edits

parser = argparse.ArgumentParser()
root = pathlib.Path(__file__).resolve().parents[2]
parser.add_argument("--ansim", default=root / ".build/release/ansim")
parser.add_argument("--limit", type=int, default=40)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--edits")
parser.add_argument("--depths", default="quick,regions,full")
parser.add_argument("--peers", action="store_true")
parser.add_argument("--floors")
parser.add_argument("--distractors", required=True)
parser.add_argument("photos")
arguments = parser.parse_args()


def pictures(folder):
    found = []
    for path in sorted(pathlib.Path(folder).iterdir()):
        try:
            Image.open(path).verify()
            found.append(path)
        except Exception:
            print(f"not a picture, left out: {path.name}", file=sys.stderr)
    return found


def make(photos, distractors, folder):
    step = max(1, len(photos) // arguments.limit)
    for name, function in edits.EDITS.items():
        (folder / name).mkdir(parents=True)
        for photo in photos[::step][: arguments.limit]:
            source = random.Random(f"{arguments.seed}|{photo.stem}|{name}")
            other = lambda: Image.open(source.choice(distractors)).convert("RGB")
            picture = Image.open(photo).convert("RGB")
            picture.thumbnail((1600, 1600))
            function(picture, source, other).convert("RGB").save(folder / name / (photo.stem + ".jpg"), quality=85)


def seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peer_hashes():
    import imagehash
    import pdqhash

    def pdq(path):
        return pdqhash.compute(numpy.asarray(Image.open(path).convert("RGB")))[0][None]

    def pdq_all(path):
        return numpy.stack(pdqhash.compute_dihedral(numpy.asarray(Image.open(path).convert("RGB")))[0])

    def of(function):
        return lambda path: function(Image.open(path).convert("RGB")).hash.flatten()[None].astype(numpy.uint8)

    peers = {"pdqhash x 8": (pdq_all, pdq, 31)}
    for name in ("phash", "dhash", "whash"):
        peers[name] = (of(getattr(imagehash, name)),) * 2 + (10,)
    return peers


def main(folder):
    photos, distractors = pictures(arguments.photos), pictures(arguments.distractors)
    copies = pathlib.Path(arguments.edits) if arguments.edits else folder / "edits"
    if not arguments.edits:
        make(photos, distractors, copies)
    names = sorted(path.name for path in copies.iterdir() if path.is_dir())
    files = {name: sorted((copies / name).iterdir()) for name in names}
    environment = os.environ | {"ANSIM_REGISTRY": str(folder / "registry/registry.sqlite")}

    def ansim(*words):
        result = subprocess.run(
            [str(arguments.ansim), *map(str, words)], env=environment, capture_output=True, text=True)
        if result.returncode not in (0, 2):
            sys.exit(result.stderr)
        return result.stdout

    ansim("register", "--case", "robustness", "--keep-names", arguments.photos)
    stems = {}
    for line in ansim("registry", "list", "--case", "robustness").splitlines():
        parts = line.split("\t")
        if parts[0].isdigit():
            stems[int(parts[0])] = pathlib.Path(parts[-1]).stem
    size = os.path.getsize(environment["ANSIM_REGISTRY"]) / len(stems) / 1024
    recall, wrong, cost = collections.defaultdict(dict), {}, {}

    for depth in arguments.depths.split(","):
        found, false = collections.defaultdict(set), 0
        for what, where in (("copies", copies), ("distractors", arguments.distractors)):
            before = seconds()
            records = [json.loads(line) for line in ansim("scan", "--quiet", "--no-ledger", "--depth", depth, where).splitlines()]
            items = records[-1]["items"]
            for record in records:
                if record["kind"] != "match":
                    continue
                path = pathlib.Path(record["path"])
                if what == "copies" and stems[record["reference"]] == path.stem:
                    found[path.parent.name].add(path.stem)
                else:
                    false += 1
        cost[depth] = f"{1000 * (seconds() - before) / items:.1f}"
        wrong[depth] = str(false)
        for name in names:
            recall[name][depth] = 100 * len(found[name]) / len(files[name])

    if arguments.peers:
        for name, (reference, item, threshold) in peer_hashes().items():
            table = [reference(path) for path in photos]
            flat, owners = numpy.concatenate(table), numpy.repeat(numpy.arange(len(table)), [len(t) for t in table])
            own = {path.stem: i for i, path in enumerate(photos)}

            def near(path):
                return set(owners[(flat != item(path)).sum(1) <= threshold])

            false = sum(len(near(path)) for path in distractors)
            for edit in names:
                hits = [near(path) for path in files[edit]]
                recall[edit][name] = 100 * sum(own[p.stem] in h for p, h in zip(files[edit], hits)) / len(hits)
                false += sum(len(h - {own[p.stem]}) for p, h in zip(files[edit], hits))
            wrong[name], cost[name] = str(false), "-"

    columns = list(wrong)
    pairs = (sum(map(len, files.values())) + len(distractors)) * len(stems)
    print(f"{len(stems)} references ({size:.0f} KiB each), {sum(map(len, files.values()))} copies, "
          f"{len(distractors)} distractors: {pairs / 1e6:.2f} million pairs\n")
    print("| edit | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for name in names:
        print(f"| {name} | " + " | ".join(f"{recall[name][column]:.0f}" for column in columns) + " |")
    print("| matches with another photo | " + " | ".join(wrong[column] for column in columns) + " |")
    print("| CPU ms a distractor | " + " | ".join(cost[column] for column in columns) + " |")

    short = []
    if arguments.floors:
        for depth, floors in json.loads(pathlib.Path(arguments.floors).read_text()).items():
            for name, floor in floors.items():
                if name in recall and depth in recall[name] and recall[name][depth] < floor:
                    short.append(f"{name} at {depth}: {recall[name][depth]:.0f}, under {floor}")
            if depth in wrong and wrong[depth] != "0":
                short.append(f"{wrong[depth]} wrong matches at {depth}")
    print("\n".join(short), file=sys.stderr)
    return 1 if short else 0


with tempfile.TemporaryDirectory() as name:
    sys.exit(main(pathlib.Path(name)))
