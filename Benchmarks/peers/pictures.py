#!/usr/bin/env python3
"""CPU time from a file's bytes to its hash: Ansim, exact and fast, against the Python packages.

    Benchmarks/peers/run pictures.py [--large FOLDER] PHOTOS

The packages are pdqhash, imagehash (phash, 64 bits: another and cheaper hash) and threatexchange (its PDQ signal),
all three with Pillow as the decoder. A file is measured every way before the next one, in rounds; each side reads the
clock of its own process, so that what passes between them costs neither. A file's ratio is that of its medians, and a
class's ratio the median over its files. Then the kernel alone is measured on pixels in memory.

Both processes keep the memory that they free (see KEEP_MEMORY); --default-malloc measures them without that.

What is printed at the end compares the hashes: Ansim's exact one with pdqhash's, and the fast one with the exact one.

Exit status: 0 when every exact hash is equal to pdqhash's or explained by float32 luma (see compare_pdqhash.py), 1 when
one is not or there was nothing to compare, 2 when `ansim-benchmark` could not be run.
"""

import os

# Before NumPy is loaded: the packages get one thread, as Ansim has.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import collections
import importlib.metadata
import io
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import imagehash
import numpy as np
import pdqhash
import scipy.fftpack  # or imagehash would load it within its first hash
from PIL import Image, features

from compare_pdqhash import distance, luma, pdq, peer

try:
    from threatexchange.signal_type.pdq.signal import PdqSignal
except ImportError as error:
    PdqSignal, MISSING = None, error

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# The quality from which hashes are compared.
GATE = 50
# Of the pictures for the kernel alone. 512 is what the peers are usually measured with, and hard on pdqhash, whose
# column passes then step by a power of two through memory; 511 is not.
SIDES = 512, 511
# glibc gives large blocks back to the kernel until it has seen a larger one freed, and gets them again page by page.
# So what a picture costs would depend on the pictures before it: pdqhash takes twice as long for a web photo in a
# process that has had no large one yet. glibc reads these when a process starts.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}


# ------------------------------------------------------------ the ways to hash

class Ansim:
    """`ansim-benchmark serve`: one line asks, one line answers."""

    def __init__(self, program):
        try:
            self.process = subprocess.Popen([str(program), "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            print(f"cannot run {program}: {error.strerror}", file=sys.stderr)
            raise SystemExit(2)

    def ask(self, *words):
        """(microseconds, hash, quality)"""
        try:
            self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            print("ansim-benchmark ended", file=sys.stderr)
            raise SystemExit(2)
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(f"Ansim: {answer['error']}")
        return answer["microseconds"], answer["hash"], answer["quality"]


def by_pdqhash(data):
    with Image.open(io.BytesIO(data)) as image:
        return pdqhash.compute(np.asarray(image.convert("RGB")))


def by_imagehash(data):
    with Image.open(io.BytesIO(data)) as image:
        return imagehash.phash(image)


PEERS = {"pdqhash": by_pdqhash, "imagehash": by_imagehash}
if PdqSignal:
    PEERS["threatexchange"] = PdqSignal.hash_from_bytes


def timed(repeats, body, *arguments):
    """Microseconds of CPU time, the median."""
    times = []
    for _ in range(repeats):
        start = time.process_time_ns()
        body(*arguments)
        times.append((time.process_time_ns() - start) / 1e3)
    return statistics.median(times)


def in_turn(ways, rounds):
    """Microseconds of each way; `ways` give those of one try."""
    times = collections.defaultdict(list)
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(way())
    return {name: statistics.median(values) for name, values in times.items()}


# ------------------------------------------------------------------- measuring

class File:
    def __init__(self, path, ansim, rounds):
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            megapixels = image.width * image.height / 1e6
            kind = f"JPEG {'progressive' if image.info.get('progressive') else 'baseline'}" \
                if image.format == "JPEG" else str(image.format)
            rgb = np.asarray(image.convert("RGB"))
        size = 0 if megapixels < 0.5 else 1 if megapixels < 2 else 2 if megapixels < 8 else 3
        self.order = kind, size
        self.kind = f"{kind}, {('< 0.5', '0.5-2', '2-8', '>= 8')[size]} MP"
        # A small picture several times in a row: the first time after the other side was busy pays for cold caches.
        repeats = 5 if size == 0 else 1

        _, self.exact, self.quality = ansim.ask("file", "exact", 1, path)
        self.fast = ansim.ask("file", "fast", 1, path)[1]
        self.peer = peer(rgb)
        self.explained = (self.exact, self.quality) == self.peer or pdq(luma(rgb)) == (self.exact, self.quality)
        del rgb

        ways = {name: lambda way=way: timed(repeats, way, data) for name, way in PEERS.items()}
        for precision in ("exact", "fast"):
            ways[precision] = lambda precision=precision: ansim.ask("file", precision, repeats, path)[0]
        self.times = in_turn(ways, rounds)

    def ratio(self, way, peer_name):
        return self.times[peer_name] / self.times[way]


def measure_files(paths, ansim, rounds):
    files = []
    for number, path in enumerate(paths, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {len(paths)}", end="", file=sys.stderr)
        try:
            str(path).encode()
            if "\n" in str(path):
                raise ValueError("a name of several lines")
            files.append(File(path, ansim, rounds))
        except Exception as error:  # Pillow raises many kinds on broken files
            print(f"left out: {path.name!r}: {type(error).__name__}: {error}")
    return files


def measure_kernels(paths, ansim, rounds):
    """Hashing pixels in memory: (layout, side, times, distance exact to pdqhash, distance fast to exact) of each."""
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            try:
                with Image.open(path) as image:
                    image = image.convert("RGB")
            except Exception:
                continue
            for side in SIDES:
                square = image.resize((side, side))
                for layout, pixels in (("rgb", np.asarray(square)), ("gray", np.asarray(square.convert("L")))):
                    raw = pathlib.Path(folder) / "pixels"
                    raw.write_bytes(pixels.tobytes())
                    # pdqhash takes three channels only.
                    theirs = np.ascontiguousarray(pixels if layout == "rgb" else np.stack([pixels] * 3, axis=2))

                    def ask(precision, repeats):
                        return ansim.ask("pixels", precision, repeats, layout, side, side, raw)

                    times = in_turn({"pdqhash": lambda: timed(5, pdqhash.compute, theirs),
                                     "exact": lambda: ask("exact", 5)[0],
                                     "fast": lambda: ask("fast", 5)[0]}, rounds)
                    exact, fast = ask("exact", 1)[1], ask("fast", 1)[1]
                    measured.append((layout, side, times, distance(exact, peer(theirs)[0]), distance(exact, fast)))
    return measured


# -------------------------------------------------------------------- printing

def in_classes(files):
    classes = collections.defaultdict(list)
    for file in sorted(files, key=lambda file: file.order):
        classes[file.kind].append(file)
    return classes


def milliseconds(microseconds):
    return f"{microseconds / 1e3:.3g}" if microseconds < 1e6 else f"{microseconds / 1e3:.0f}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def print_speed(files):
    ways = ["exact", "fast", *PEERS]
    print("ms of CPU time from a file's bytes to its hash, medians\n")
    table(["class", "files", *ways],
          [[kind, str(len(members)), *(milliseconds(statistics.median(file.times[way] for file in members))
                                       for way in ways)]
           for kind, members in in_classes(files).items()])
    print("times faster than the peer, median over files (least)\n")
    pairs = [(way, name) for way in ("exact", "fast") for name in PEERS]

    def cell(members, way, name):
        ratios = [file.ratio(way, name) for file in members]
        return f"{statistics.median(ratios):.1f} ({min(ratios):.1f})"

    table(["class", *(f"{way} : {name}" for way, name in pairs)],
          [[kind, *(cell(members, *pair) for pair in pairs)] for kind, members in in_classes(files).items()])


def print_kernels(measured):
    print("the kernel alone: pixels in memory to hash, us of CPU time; times faster than pdqhash (least)\n")
    rows = []
    for key in [(layout, side) for side in SIDES for layout in ("rgb", "gray")]:
        chosen = [(times, off_peer, off_exact) for layout, side, times, off_peer, off_exact in measured
                  if (layout, side) == key]
        if not chosen:
            continue
        row = [f"{key[0]}, {key[1]} x {key[1]}", str(len(chosen))]
        row += [f"{statistics.median(times[way] for times, *_ in chosen):.0f}" for way in ("pdqhash", "exact", "fast")]
        for way in ("exact", "fast"):
            ratios = [times["pdqhash"] / times[way] for times, *_ in chosen]
            row.append(f"{statistics.median(ratios):.1f} ({min(ratios):.1f})")
        row.append(str(sum(off_peer > 0 for _, off_peer, _ in chosen)))
        row.append(str(max(off_exact for *_, off_exact in chosen)))
        rows.append(row)
    table(["pixels", "pictures", "pdqhash", "exact", "fast", "exact", "fast", "exact hashes that differ",
           "fast to exact, max bits"], rows)


def print_hashes(files):
    print("hashes: exact against pdqhash's; fast to exact in bits, of pictures of quality 50 and more\n")
    rows = []
    classes = in_classes(files)
    for kind, members in [*classes.items(), ("all", files)]:
        differing = [file for file in members if (file.exact, file.quality) != file.peer]
        distances = [distance(file.exact, file.fast) for file in members if file.quality >= GATE]
        rows.append([kind, str(len(members)), str(len(differing)), str(sum(file.explained for file in differing)),
                     f"{statistics.mean(distances):.2f}" if distances else "-",
                     str(max(distances)) if distances else "-"])
    table(["class", "files", "hash or quality differs", "of them by float32 luma", "mean", "max"], rows)


def print_versions():
    names = ["pdqhash", "pillow", "numpy", "ImageHash", "scipy"] + (["threatexchange"] if PdqSignal else [])
    print("versions: " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
          + f"; Pillow's libjpeg-turbo {features.version('libjpeg_turbo')}, zlib {features.version('zlib')}"
          + f"; Python {sys.version.split()[0]}")
    if not PdqSignal:
        print(f"threatexchange is left out, because it is not installed: {MISSING}")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("photos", type=pathlib.Path, metavar="PHOTOS")
    parser.add_argument("--large", type=pathlib.Path, metavar="FOLDER", help="what make_large.py made")
    parser.add_argument("--rounds", type=int, default=5, help="how often a file is measured each way (5)")
    parser.add_argument("--limit", type=int, help="files to take of each folder")
    parser.add_argument("--default-malloc", action="store_true", help="leave glibc's malloc as it is, on both sides")
    parser.add_argument("--ansim-benchmark", type=pathlib.Path, metavar="PATH",
                        default=ROOT / ".build" / "release" / "ansim-benchmark",
                        help="default: .build/release/ansim-benchmark in this repository")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds is 1 or more")
    if not arguments.default_malloc and any(os.environ.get(name) != value for name, value in KEEP_MEMORY.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | KEEP_MEMORY)
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)

    def files_of(folder):
        if not folder.is_dir():
            parser.error(f"not a folder: {folder}")
        return sorted(path.resolve() for path in folder.iterdir() if path.is_file())[: arguments.limit]

    folders = [arguments.photos]
    if arguments.large:
        folders += sorted(path for path in arguments.large.iterdir() if path.is_dir())
    ansim = Ansim(arguments.ansim_benchmark)
    print_versions()
    print(f"memory: {'as glibc does' if arguments.default_malloc else 'kept by both processes'}\n")
    photos = files_of(arguments.photos)
    files = measure_files([path for folder in folders for path in files_of(folder)], ansim, arguments.rounds)
    if not files:
        print("nothing to compare")
        return 1
    print_speed(files)
    print_kernels(measure_kernels(photos[:9], ansim, 3 * arguments.rounds))
    print_hashes(files)
    return 0 if all(file.explained for file in files) else 1


if __name__ == "__main__":
    sys.exit(main())
