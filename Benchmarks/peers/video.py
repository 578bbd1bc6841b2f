#!/usr/bin/env python3
"""CPU time from a video's file to its answer: `ansim scan` in its modes, against ffmpeg and vpdq.

    Benchmarks/peers/run video.py [--rounds N] [--ways NAME,...] FOLDER

FOLDER is what make_videos.py made: names are CODEC_HEIGHTp_CLIP. Each file goes through every way in turn, in rounds:

- ffmpeg: `ffmpeg -threads 1 -i FILE -an -f null -`, which decodes everything;
- vpdq: `vpdq.computeHash(FILE, seconds_per_hash=1)` in a Python of its own, with one thread. It is left out, with a
  note, where the package is not installed;
- keyframes, thorough, every: `ansim scan --frames MODE --workers 1`, against one registered picture that is in none of
  the videos, so that nothing is looked at twice;
- key frames only: keyframes with a --max-gap of an hour, so that nothing between key frames is decoded.

All are whole processes, and what counts is the CPU time, user and system, of the process and those that it waited for.
--ways leaves out the others. Starting is part of it; what each takes for a video of a single frame is printed first.
"""

import argparse
import collections
import importlib.metadata
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PICTURE = ROOT / "SampleMedia" / "reference" / "coffee.jpg"
VPDQ = "import sys, vpdq; print(len(vpdq.computeHash(sys.argv[1], seconds_per_hash=1, thread_count=1)))"
ORDER = ["h264-g250", "h264-g60", "hevc", "vp9", "av1"]
RATIOS = [("keyframes", "vpdq"), ("key frames only", "vpdq"), ("thorough", "vpdq"), ("thorough", "ffmpeg"),
          ("every", "ffmpeg")]


def cpu_time(command, environment):
    """(seconds of CPU time of the children that this waits for, what was written)"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # 2: some item was not examined in full.
    if done.returncode not in (0, 2):
        sys.exit(f"{command}: status {done.returncode}: {done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def probe(path):
    """(seconds, frames, key frames) by the packets."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=flags:format=duration",
         "-of", "json", path], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    flags = [packet["flags"] for packet in found["packets"]]
    return float(found["format"]["duration"]), len(flags), sum(flag.startswith("K") for flag in flags)


def vpdq_version():
    done = subprocess.run([sys.executable, "-c", "import vpdq"], capture_output=True, text=True)
    if done.returncode == 0:
        return importlib.metadata.version("vpdq")
    print(f"vpdq is left out, because it does not load: {done.stderr.strip().splitlines()[-1]}\n")
    return None


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def figure(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", metavar="NAME,...", help="only these")
    parser.add_argument("--ansim", type=pathlib.Path, default=ROOT / ".build/release/ansim", metavar="PATH")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds is 1 or more")
    paths = sorted(path.resolve() for path in arguments.folder.iterdir()
                   if path.is_file() and not path.name.startswith(".") and path.stem.count("_") >= 2)
    if not paths:
        sys.exit(f"no videos named CODEC_HEIGHTp_CLIP in {arguments.folder}")

    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"ANSIM_REGISTRY": folder + "/registry.sqlite"}
        cpu_time([arguments.ansim, "register", "--case", "picture", PICTURE], environment)
        single = pathlib.Path(folder) / "single.mkv"
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:d=1:r=1",
                        "-pix_fmt", "yuv420p", "-c:v", "libx264", single], check=True)

        ways = {"ffmpeg": lambda path: ["ffmpeg", "-nostdin", "-v", "error", "-threads", 1, "-i", path, "-an",
                                        "-f", "null", "-"]}
        version = vpdq_version()
        if version:
            ways["vpdq"] = lambda path: [sys.executable, "-c", VPDQ, path]
        for name, options in {"keyframes": ["keyframes"], "key frames only": ["keyframes", "--max-gap", 3600],
                              "thorough": ["thorough"], "every": ["every"]}.items():
            ways[name] = lambda path, options=options: [
                arguments.ansim, "scan", "--no-ledger", "--quiet", "--all", "--workers", 1, "--frames", *options, path]

        if arguments.ways:
            wanted = arguments.ways.split(",")
            if unknown := set(wanted) - set(ways):
                parser.error(f"no way is named {', '.join(sorted(unknown))}")
            ways = {name: way for name, way in ways.items() if name in wanted}

        def measure(path):
            times = collections.defaultdict(list)
            for _ in range(arguments.rounds):
                for name, way in ways.items():
                    time, written = cpu_time(way(path), environment)
                    times[name].append(time)
                    if name not in ("ffmpeg", "vpdq"):
                        kinds = [record for record in map(json.loads, written.splitlines())]
                        if any(record.get("verdict", "clear") not in ("clear", "partial") or record["kind"] == "match"
                               for record in kinds):
                            print(f"{path.name}, {name}: {written.splitlines()[0]}", file=sys.stderr)
            return {name: statistics.median(values) for name, values in times.items()}

        start = measure(single)
        ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True).stdout.split()[2]
        ansim = subprocess.run([arguments.ansim, "--version"], capture_output=True, text=True).stdout.strip()
        print(f"Ansim {ansim}, ffmpeg {ffmpeg}, vpdq {version}, Python {sys.version.split()[0]}; "
              f"{len(paths)} files, {arguments.rounds} rounds\n")
        print("ms of CPU time for a video of one frame: "
              + ", ".join(f"{name} {time * 1e3:.0f}" for name, time in start.items()) + "\n", flush=True)

        classes = collections.defaultdict(list)
        for number, path in enumerate(paths, 1):
            codec, size, _ = path.stem.split("_", 2)
            seconds, frames, keys = probe(path)
            times = measure(path)
            classes[(ORDER.index(codec) if codec in ORDER else len(ORDER), codec, int(size.rstrip("p")))].append(
                (seconds, frames, keys, times))
            print(f"{number} of {len(paths)}: {path.name} "
                  + " ".join(f"{name} {figure(seconds / time)}" for name, time in times.items()), file=sys.stderr)

    def median(members, value):
        return statistics.median(value(member) for member in members)

    rows, ratios, started = [], [], []
    for (_, codec, height), members in sorted(classes.items()):
        label = [f"{codec}, {height}p", str(len(members))]
        rows.append([*label, figure(median(members, lambda m: m[2] / m[0] * 60)),
                     *(figure(median(members, lambda m: m[0] / m[3][name])) for name in ways)])
        ratios.append([*label, *(figure(median(members, lambda m: m[3][peer] / m[3][way]))
                                 for way, peer in RATIOS if {way, peer} <= ways.keys())])
        # The difference of two small numbers can be nothing.
        started.append([*label, *(
            figure(median(members, lambda m: (m[3][peer] - start[peer]) / max(m[3][way] - start[way], 1e-3)))
            for way, peer in RATIOS if {way, peer} <= ways.keys())])
    print("times realtime per core, medians over files\n")
    table(["class", "files", "key frames a minute", *ways], rows)
    head = ["class", "files", *(f"{way} : {peer}" for way, peer in RATIOS if {way, peer} <= ways.keys())]
    print("times faster, whole commands, medians over files\n")
    table(head, ratios)
    print("times faster without what each takes for a video of one frame, medians over files\n")
    table(head, started)


if __name__ == "__main__":
    main()
