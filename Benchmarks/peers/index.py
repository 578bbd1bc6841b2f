"""Exact search among 256-bit hashes: Ansim's index against FAISS's binary ones, on the same hashes and queries.

Each round runs `ansim-benchmark index` and then FAISS, on one thread, by CPU time. Ratios are medians over rounds.

    swift build -c release --product ansim-benchmark
    Benchmarks/peers/run index.py 100000 1000000
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

RADIUS = 31
ROOT = Path(__file__).resolve().parents[2]


def ansim(tool: Path, count: int, file: str, kind: str) -> tuple[float, float, str]:
    """us a query in a batch and one by one (the latter on the clock), and what it printed."""
    words = [str(tool), "index", str(count), "3", file] + ([kind] if kind == "clustered" else [])
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return (
        float(re.search(r"batch of \d+: ([\d.]+) us", text)[1]),
        float(re.search(r"single: median ([\d.]+) us", text)[1]),
        text,
    )


def timed(index: faiss.IndexBinary, queries: np.ndarray) -> float:
    """us of CPU time a query. FAISS's radius is exclusive."""
    start = time.thread_time()
    index.range_search(queries, RADIUS + 1)
    return (time.thread_time() - start) * 1e6 / len(queries)


def recall(index: faiss.IndexBinary, truth: set, queries: np.ndarray) -> float:
    limits, _, rows = index.range_search(queries, RADIUS + 1)
    found = {(q, int(r)) for q in range(len(queries)) for r in rows[limits[q] : limits[q + 1]]}
    return len(found & truth) / max(1, len(truth))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", type=int, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--set", choices=["uniform", "clustered"], default="uniform", dest="kind")
    parser.add_argument("--others", action="store_true", help="FAISS's MultiHash, Hash and HNSW too (slow to build)")
    parser.add_argument("--tool", type=Path, default=ROOT / ".build/release/ansim-benchmark")
    options = parser.parse_args()
    faiss.omp_set_num_threads(1)
    print(f"faiss {faiss.__version__}, {options.kind}, radius {RADIUS}, {options.rounds} rounds\n")
    print("| hashes | ansim batch | ansim single | FAISS flat batch | FAISS flat single | batch ratio | single ratio |")
    print("|---|---|---|---|---|---|---|")
    notes = []
    for count in options.counts:
        # Enough work to measure, little enough to wait for.
        queries_of_flat = max(4, min(500, 50_000_000 // count))
        rows, index = [], faiss.IndexBinaryFlat(256)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "hashes")
            for number in range(options.rounds):
                batch, single, text = ansim(options.tool, count, file, options.kind)
                if number == 0:
                    data = np.fromfile(file, dtype=np.uint8).reshape(-1, 32)
                    hashes, queries = data[:count], data[count:]
                    index.add(hashes)
                    notes.append(text)
                few = queries[:queries_of_flat]
                alone = [timed(index, few[i : i + 1]) for i in range(min(16, len(few)))]
                rows.append((batch, single, timed(index, few), statistics.median(alone)))
        b, s, fb, fs = (statistics.median(column) for column in zip(*rows))
        rb = statistics.median(r[2] / r[0] for r in rows)
        rs = statistics.median(r[3] / r[1] for r in rows)
        print(f"| {count} | {b:.2f} | {s:.2f} | {fb:.0f} | {fs:.0f} | {rb:.0f} | {rs:.0f} |", flush=True)
        if options.others:
            notes.append(others(hashes, queries[:queries_of_flat], index))
    print("\n" + "\n".join(notes))


def others(hashes: np.ndarray, queries: np.ndarray, flat: faiss.IndexBinary) -> str:
    """FAISS's other binary indexes, us a query and recall against the flat one."""
    limits, _, rows = flat.range_search(queries, RADIUS + 1)
    truth = {(q, int(r)) for q in range(len(queries)) for r in rows[limits[q] : limits[q + 1]]}
    lines = []
    multi = faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.nflip = 1
    single = faiss.IndexBinaryHash(256, 16)
    single.nflip = 2
    for name, index in [("MultiHash 16 x 16, nflip 1", multi), ("Hash 16, nflip 2", single)]:
        index.add(hashes)
        cost = timed(index, queries)
        lines.append(f"{len(hashes)} hashes, FAISS {name}: {cost:.0f} us, recall {recall(index, truth, queries):.3f}")
    graph = faiss.IndexBinaryHNSW(256, 32)
    graph.hnsw.efConstruction = graph.hnsw.efSearch = 100
    graph.add(hashes[: min(len(hashes), 100_000)])
    start = time.thread_time()
    distances, _ = graph.search(queries, 16)
    cost = (time.thread_time() - start) * 1e6 / len(queries)
    near = sum(int((row <= RADIUS).sum()) for row in distances)
    wanted = len({pair for pair in truth if pair[1] < 100_000})
    lines.append(
        f"{min(len(hashes), 100_000)} hashes, FAISS HNSW32, 16 nearest: {cost:.0f} us, {near} of {wanted} pairs within"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
