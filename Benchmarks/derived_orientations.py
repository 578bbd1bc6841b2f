#!/usr/bin/env python3
"""How far hashes of turned pictures that are derived from the bits lie from PDQ's own: derived_orientations.py ANSIM PATH...

Hash256.turned in Swift has the same rule; ListTests compare what both find.
"""
import json
import statistics
import subprocess
import sys

RULES = {  # Whether rows and columns are swapped, and which values change their sign, by row and column.
    "orig": (False, lambda row, column: False),
    "rot90": (True, lambda row, column: not column),
    "rot180": (False, lambda row, column: row != column),
    "rot270": (True, lambda row, column: not row),
    "flipx": (False, lambda row, column: not row),
    "flipy": (False, lambda row, column: not column),
    "flipp": (True, lambda row, column: False),
    "flipm": (True, lambda row, column: row != column),
}


def turned(bits, orientation):
    swaps, negates = RULES[orientation]
    out = 0
    for i in range(16):
        for j in range(16):
            if (bits >> (16 * i + j) & 1) != negates(i % 2 == 1, j % 2 == 1):
                out |= 1 << (16 * j + i if swaps else 16 * i + j)
    return out


command = [sys.argv[1], "hash", "--dihedral", "--format", "jsonl", "--", *sys.argv[2:]]
distances = {name: [] for name in RULES}
for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines():
    record = json.loads(line)
    if record.get("kind") != "hash" or record["quality"] < 50:
        continue
    for name, digits in record["hashes"].items():
        distances[name].append((turned(int(record["hash"], 16), name) ^ int(digits, 16)).bit_count())
print(f"{len(distances['orig'])} pictures\n\n| orientation | mean | 99 % within | worst |\n|---|---|---|---|")
for name, values in distances.items():
    values.sort()
    print(f"| {name} | {statistics.mean(values):.1f} | {values[int(len(values) * 0.99)]} | {values[-1]} |")
