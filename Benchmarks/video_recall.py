#!/usr/bin/env python3
"""Registers clips, scans edits of them, and counts the edits that are matched with their own clip.

    Benchmarks/video_recall.py [--ansim PATH] [--mode keyframes|thorough|every] [--depth quick|regions|full]
        [--peers] CLIPS EDITS [UNRELATED]

EDITS holds one folder an edit with a file for each clip, and truth.json: for "edit/stem" the clip (`ref`), the range
of the edit that shows it (`q0`, `q1`, seconds), where (`t_ref = a * t + b`) and further clips in it (`others`).
UNRELATED is a folder of other videos, in which nothing may be found.

--peers measures vPDQ instead, the package of that name, at one hash a second: a clip is found where at least one frame,
or 80 % of the frames of an edit (python-threatexchange's rule), of quality 50 or more, lie within 31 bits of one of the
clip's.

    Benchmarks/peers/run ../video_recall.py --peers CLIPS EDITS
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def vpdq_frames(path):
    """Bits of the frames that are good enough, a row each."""
    import numpy
    import vpdq

    frames = vpdq.computeHash(str(path), seconds_per_hash=1, thread_count=1)
    rows = [numpy.unpackbits(numpy.frombuffer(bytes.fromhex(f.hex), numpy.uint8)) for f in frames if f.quality >= 50]
    return numpy.array(rows, numpy.int32).reshape(-1, 256)


def vpdq_table(clips, edits, truth):
    """Prints how many edits of each kind vPDQ finds by one frame, and by its rule of 80 %."""
    known = {clip.stem: vpdq_frames(clip) for clip in sorted(clips.iterdir())}

    def share(frames, of):
        if not len(frames) or not len(of):
            return 0
        # Bits that differ, of each frame and each of the clip's.
        apart = frames @ (1 - of).T + (1 - frames) @ of.T
        return (apart.min(axis=1) <= 31).mean()

    found, wrong = collections.defaultdict(lambda: [0, 0, 0]), [0, 0]
    for key, true in truth.items():
        frames = vpdq_frames(edits / f"{key}.mp4")
        counts = found[key.split("/")[0]]
        counts[2] += 1
        for stem, of in known.items():
            near = share(frames, of)
            for rule, holds in enumerate((near > 0, near >= 0.8)):
                if stem == true["ref"]:
                    counts[rule] += holds
                elif stem not in true.get("others", []):
                    wrong[rule] += holds
    print(f"{'edit':30}{'one frame':>10}{'80 %':>8}{'of':>5}")
    for name, (one, most, total) in sorted(found.items()):
        print(f"{name:30}{one:>10}{most:>8}{total:>5}", flush=True)
    print(f"wrong matches: {wrong[0]} by one frame, {wrong[1]} by 80 %")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ansim", type=pathlib.Path, default=ROOT / ".build/release/ansim")
    parser.add_argument("--mode", default="keyframes", choices=["keyframes", "thorough", "every"])
    parser.add_argument("--depth", default="full", choices=["quick", "regions", "full"])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("clips", type=pathlib.Path)
    parser.add_argument("edits", type=pathlib.Path)
    parser.add_argument("unrelated", type=pathlib.Path, nargs="?")
    options = parser.parse_args()
    truth = json.loads((options.edits / "truth.json").read_text())
    if options.peers:
        vpdq_table(options.clips, options.edits, truth)
        return 0

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ANSIM_REGISTRY": folder + "/registry.sqlite"}

        def ansim(*words):
            done = subprocess.run([options.ansim, *map(str, words)], capture_output=True, text=True, env=environment)
            if done.returncode not in (0, 2):
                sys.exit(done.stderr)
            return done.stdout

        # One case a clip, named after it, so that records say which clip it is.
        for clip in sorted(options.clips.iterdir()):
            ansim("register", "--case", clip.stem, clip)

        def matches(*paths):
            lines = ansim("scan", "--quiet", "--frames", options.mode, "--depth", options.depth, *paths).splitlines()
            found = collections.defaultdict(list)
            for record in map(json.loads, lines):
                if record["kind"] == "match":
                    found[os.path.relpath(record["path"], options.edits)].append(record)
            return found

        names = sorted({name.split("/")[0] for name in truth})
        found = matches(*(options.edits / name for name in names))
        wrong = 0
        print(f"{'edit':22}{'found':>10}{'ranges off, s: median':>24}{'worst':>8}")
        for name in names:
            hits, offsets, total = 0, [], 0
            for key, true in truth.items():
                if not key.startswith(name + "/"):
                    continue
                total += 1
                records = found.get(f"{key}.mp4", [])
                allowed = {true["ref"], *true.get("others", [])}
                for record in records:
                    if record["case"] not in allowed:
                        wrong += 1
                        print(f"  wrong: {key} matched {record['case']}")
                own = [record for record in records if record["case"] == true["ref"]]
                if not own:
                    print(f"  missed: {key}")
                    continue
                hits += 1
                segments = own[0]["segments"]
                if segments:
                    start, end = min(s["from"] for s in segments), max(s["to"] for s in segments)
                    offsets.append(max(abs(start / 1000 - true["q0"]), abs(end / 1000 - true["q1"])))
            offsets.sort()
            middle = f"{offsets[len(offsets) // 2]:.2f}" if offsets else "-"
            worst = f"{offsets[-1]:.2f}" if offsets else "-"
            print(f"{name:22}{f'{hits} of {total}':>10}{middle:>24}{worst:>8}")
        if options.unrelated:
            strangers = matches(options.unrelated)
            for path, records in strangers.items():
                wrong += len(records)
                print(f"  wrong: {path} matched {records[0]['case']}")
        print(f"wrong matches: {wrong}")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
