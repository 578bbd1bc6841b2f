#!/usr/bin/env python3
"""Counts the cuts without key frames that `--frames keyframes` looks at, codec by codec.

    Benchmarks/video_cuts.py [--benchmark PATH] [--seconds N] CLIPS FOLDER

Scenes of so many seconds (3) of each clip of CLIPS follow each other in one video, which is coded in several ways, most
of them without key frames where the scene changes; FOLDER keeps the files, so a new one is for other clips. A scene is
seen when a frame of it is looked at. Beside it, how many frames were looked at in all, key frames included.
Needs ffprobe, and ffmpeg with libx264, libx265, libvpx, libsvtav1 and libaom.
"""

import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RATE = 25
FIXED = ["-keyint_min", "300"]
VPX = ["-crf", "34", "-b:v", "0", "-row-mt", "1"]
TWO_PASS = ["-auto-alt-ref", "1", "-lag-in-frames", "25"]
# Name: words for ffmpeg, and whether it takes two passes. "auto": the coder may set key frames at cuts.
WAYS = {
    "x264": (["libx264", "-crf", "26", "-sc_threshold", "0"], False),
    "x264-rate": (["libx264", "-b:v", "600k", "-sc_threshold", "0"], False),
    "x265": (["libx265", "-preset", "fast", "-crf", "28", "-x265-params", "scenecut=0:log-level=error"], False),
    "mpeg4": (["mpeg4", "-q:v", "6", "-sc_threshold", "1000000000"], False),
    "vp8": (["libvpx", "-cpu-used", "2", "-b:v", "800k", "-auto-alt-ref", "1", "-lag-in-frames", "16", *FIXED], True),
    "vp9-one-pass": (["libvpx-vp9", "-cpu-used", "5", *VPX, *FIXED], False),
    "vp9-realtime": (["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "7", "-b:v", "500k", *FIXED], False),
    "vp9": (["libvpx-vp9", "-cpu-used", "4", *VPX, *TWO_PASS, *FIXED], True),
    "vp9-pyramids": (["libvpx-vp9", "-cpu-used", "4", *VPX, "-auto-alt-ref", "6", "-lag-in-frames", "25", *FIXED], True),
    "vp9-auto": (["libvpx-vp9", "-cpu-used", "4", *VPX, *TWO_PASS], True),
    "svtav1": (["libsvtav1", "-preset", "10", "-crf", "36"], False),
    "svtav1-rate": (["libsvtav1", "-preset", "10", "-b:v", "500k"], False),
    "aom": (["libaom-av1", "-cpu-used", "8", "-crf", "36", "-b:v", "0", "-row-mt", "1", *FIXED], False),
    "aom-auto": (["libaom-av1", "-cpu-used", "8", "-crf", "36", "-b:v", "0", "-row-mt", "1"], False),
}


def ffmpeg(*words):
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)


def scenes(clips, folder, seconds):
    """Makes the video without loss; gives its path and how many scenes it has."""
    parts = []
    for clip in sorted(clips.iterdir()):
        facts = subprocess.run(
            ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", clip],
            capture_output=True, text=True).stdout.strip()
        try:
            if float(facts) < seconds + 1 or clip.suffix == ".gif":
                continue
        except ValueError:
            continue
        part = folder / f"scene{len(parts)}.y4m"
        shape = "scale=640:360:force_original_aspect_ratio=increase,crop=640:360,setsar=1,format=yuv420p"
        ffmpeg("-i", clip, "-an", "-vf", f"fps={RATE},{shape}", "-frames:v", RATE * seconds, part)
        parts.append(part)
    listed = folder / "scenes.txt"
    listed.write_text("".join(f"file {part.name}\n" for part in parts))
    whole = folder / "scenes.mkv"
    ffmpeg("-f", "concat", "-safe", "0", "-i", listed, "-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", whole)
    for part in parts:
        part.unlink()
    return whole, len(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", type=pathlib.Path, default=ROOT / ".build/release/ansim-benchmark")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("clips", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    whole, count = scenes(options.clips, options.folder, options.seconds)
    print(f"{count} scenes of {options.seconds} s\n\n| coded by | scenes seen | frames looked at |\n|---|---|---|")
    for name, (words, has_two_passes) in WAYS.items():
        out = options.folder / f"{name}-{options.seconds}.mkv"
        if not out.exists():
            log = ["-passlogfile", options.folder / name]
            words = ["-i", whole, "-an", "-c:v", *words, "-g", "300"]
            if has_two_passes:
                ffmpeg(*words, "-pass", "1", *log, "-f", "null", "-")
            part = options.folder / "part.mkv"
            ffmpeg(*words, *(["-pass", "2", *log] if has_two_passes else []), part)
            part.rename(out)
        done = subprocess.run([options.benchmark, "looks", out], capture_output=True, text=True, check=True)
        times = [float(word) for word in done.stdout.split()[1:]]
        seen = {int(time // options.seconds) for time in times}
        print(f"| {name} | {len(seen)} | {len(times)} |", flush=True)


if __name__ == "__main__":
    main()
