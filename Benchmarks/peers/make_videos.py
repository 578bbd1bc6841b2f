#!/usr/bin/env python3
"""Makes files of at least --seconds for video.py, of the two largest landscape clips of a folder (5 s or longer).

    Benchmarks/peers/run make_videos.py CLIPS OUT

Each clip is scaled to each height and encoded once by each codec; then its packets are repeated by copying, which
starts with a key frame as an encoder's detection of scene cuts would have it. No sound. A file that is there is kept.
Needs ffmpeg with libx264, libx265, libvpx-vp9 and libsvtav1.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

HEIGHTS = 720, 360, 1080
CODECS = {
    "h264-g250": ["libx264", "-preset", "medium", "-crf", "23", "-g", "250"],
    "h264-g60": ["libx264", "-preset", "medium", "-crf", "23", "-g", "60"],
    "hevc": ["libx265", "-preset", "superfast", "-crf", "26", "-g", "250", "-x265-params", "log-level=error"],
    "vp9": ["libvpx-vp9", "-deadline", "good", "-cpu-used", "5", "-crf", "34", "-b:v", "0", "-g", "250",
            "-row-mt", "1"],
    "av1": ["libsvtav1", "-preset", "12", "-crf", "36", "-g", "250"],
}
LONGEST = 10  # seconds of a clip


def facts(path):
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "stream=width,height:format=duration", "-of", "json", path], capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)
        stream = found["streams"][0]
        return stream["width"], stream["height"], float(found["format"]["duration"])
    except (ValueError, KeyError, IndexError):
        return 0, 0, 0.0


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True,
                   stderr=subprocess.DEVNULL if "libsvtav1" in words else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clips", type=pathlib.Path, metavar="CLIPS")
    parser.add_argument("out", type=pathlib.Path, metavar="OUT")
    parser.add_argument("--seconds", type=float, default=30)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    candidates = [(facts(path), path) for path in sorted(arguments.clips.iterdir())]
    candidates = [(w * h, path) for (w, h, seconds), path in candidates if w > h and seconds >= 5]
    clips = [path for _, path in sorted(candidates, key=lambda pair: -pair[0])[:2]]
    if not clips:
        sys.exit(f"no clips in {arguments.clips}")

    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            for height in HEIGHTS:
                for name, codec in CODECS.items():
                    out = arguments.out / f"{name}_{height}p_{clip.stem}.mkv"
                    if out.exists():
                        continue
                    start = time.monotonic()
                    once = pathlib.Path(folder) / "once.mkv"
                    whole = arguments.out / f".{out.name}.part.mkv"
                    ffmpeg("-t", LONGEST, "-i", clip, "-an", "-vf", f"scale=-2:{height}:flags=bicubic,format=yuv420p",
                           "-c:v", *codec, once)
                    times = math.ceil(arguments.seconds / facts(once)[2])
                    ffmpeg("-stream_loop", times - 1, "-i", once, "-c", "copy", whole)
                    whole.rename(out)
                    print(f"{out.name}: {facts(out)[2]:.1f} s, made in {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
