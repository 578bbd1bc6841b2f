"""Learns which pairs of boxes a descriptor's bits compare, and writes them as Swift source.

A bit says which of two boxes of a patch is brighter, as in BEBLID (Suarez, Sfeir, Buenaposada, Baumela: "BEBLID: Boosted
efficient binary local image descriptor", Pattern Recognition Letters 2020). Patches of 32 x 32 pixels are cut around
ORB's keypoints of photos, and once more from copies that were turned, scaled, blurred, brightened and compressed.
Bits are then taken greedily: what tells pairs of the same place from pairs of different places best, as long as it
does not say what a bit that was taken before says.

    python learn_boxes.py PHOTOS OUT.swift      # numpy, opencv-python-headless
"""

import sys
from pathlib import Path

import cv2
import numpy as np

SIDE = 32
BITS = 256
CANDIDATES = 6000
PER_PHOTO = 120


def patch(gray, x, y, size, angle):
    """The patch around a keypoint, upright: `size` is the diameter that becomes SIDE pixels."""
    scale = SIDE / size
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    m = np.array([[c, s, SIDE / 2 - c * x - s * y], [-s, c, SIDE / 2 + s * x - c * y]])
    return cv2.warpAffine(gray, m, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)


def moment_angle(gray, x, y, size):
    """The intensity centroid's direction, as the detector computes it."""
    p = patch(gray, x, y, size, 0).astype(float)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE] - (SIDE - 1) / 2
    inside = xx**2 + yy**2 <= 15.5**2
    return np.arctan2((p * yy)[inside].sum(), (p * xx)[inside].sum())


def pairs(folder, random):
    one, two = [], []
    for path in sorted(Path(folder).iterdir()):
        color = cv2.imread(str(path))
        if color is None:
            continue
        scale = 512 / max(color.shape[:2])
        gray = cv2.cvtColor(cv2.resize(color, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        points = cv2.ORB_create(PER_PHOTO * 2, 1.2, 8, fastThreshold=10).detect(gray)
        points = [points[i] for i in random.permutation(len(points))[:PER_PHOTO]]
        turn, zoom = random.uniform(-0.6, 0.6), random.uniform(0.6, 1.4)
        h, w = gray.shape
        m = cv2.getRotationMatrix2D((w / 2, h / 2), np.degrees(turn), zoom)
        copy = cv2.warpAffine(gray, m, (w, h), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
        copy = np.clip(copy * random.uniform(0.7, 1.3) + random.uniform(-20, 20), 0, 255).astype(np.uint8)
        if random.random() < 0.5:
            copy = cv2.GaussianBlur(copy, (0, 0), random.uniform(0.5, 1.5))
        copy = cv2.imdecode(cv2.imencode(".jpg", copy, [1, int(random.uniform(25, 80))])[1], 0)
        for p in points:
            x, y = p.pt
            u, v = m @ np.array([x, y, 1])
            size = 31 * 1.2**p.octave
            if not (12 < u < w - 12 and 12 < v < h - 12):
                continue
            # A detector's place and scale err.
            u, v = u + random.normal(0, 0.8), v + random.normal(0, 0.8)
            other = size * zoom * 1.2 ** random.uniform(-0.5, 0.5)
            one.append(patch(gray, x, y, size, moment_angle(gray, x, y, size)))
            two.append(patch(copy, u, v, other, moment_angle(copy, u, v, other)))
    return np.array(one), np.array(two)


def integral(patches):
    table = np.zeros((len(patches), SIDE + 1, SIDE + 1), np.int64)
    table[:, 1:, 1:] = patches.astype(np.int64).cumsum(1).cumsum(2)
    return table


def box(table, x, y, r):
    return table[:, y + r + 1, x + r + 1] - table[:, y - r, x + r + 1] - table[:, y + r + 1, x - r] + table[:, y - r, x - r]


def main():
    random = np.random.default_rng(7)
    one, two = pairs(sys.argv[1], random)
    print(len(one), "pairs", file=sys.stderr)
    tables = integral(one), integral(two)
    chosen_from = []
    while len(chosen_from) < CANDIDATES:
        r = int(random.choice([1, 1, 2, 2, 3, 4, 5]))
        places = np.rint(random.normal(SIDE / 2 - 0.5, 6.5, 4)).astype(int)
        x1, y1, x2, y2 = places
        inside = all(3 + r <= p < SIDE - 3 - r for p in places)
        if inside and (x1 - x2) ** 2 + (y1 - y2) ** 2 >= (r + 1) ** 2:
            chosen_from.append((x1, y1, x2, y2, r))
    a = np.array([box(tables[0], x1, y1, r) > box(tables[0], x2, y2, r) for x1, y1, x2, y2, r in chosen_from])
    b = np.array([box(tables[1], x1, y1, r) > box(tables[1], x2, y2, r) for x1, y1, x2, y2, r in chosen_from])
    stable = (a == b).mean(1)
    share = a.mean(1)
    # Of different places the share of equal bits is p^2 + (1 - p)^2.
    gain = stable - (share**2 + (1 - share) ** 2)
    signs = np.where(a, 1.0, -1.0).astype(np.float32)
    signs -= signs.mean(1, keepdims=True)
    signs /= np.linalg.norm(signs, axis=1, keepdims=True) + 1e-9
    order = np.argsort(-gain)
    limit, taken = 0.2, []
    while len(taken) < BITS:
        taken = []
        for i in order:
            if not taken or np.abs(signs[taken] @ signs[i]).max() < limit:
                taken.append(i)
                if len(taken) == BITS:
                    break
        limit += 0.02
    print(f"correlation under {limit - 0.02:.2f}, stable {stable[taken].mean():.3f}", file=sys.stderr)
    rows = [",".join(f"{int(v) - SIDE // 2:3d}" for v in chosen_from[i][:4]) + f", {chosen_from[i][4]}" for i in taken]
    with open(sys.argv[2], "w") as out:
        out.write("// Made by Benchmarks/robustness/learn_boxes.py: change that, not this.\n\n")
        out.write("/// A bit a row: x and y of one box's middle and of the other's, from the patch's middle in 32nds of its\n")
        out.write("/// side, and the boxes' radius: they are 2r + 1 wide.\n")
        out.write("let comparedBoxes: [Int8] = [\n")
        for row in rows:
            out.write("    " + " ".join(row.replace(",", ", ").split()) + ",\n")
        out.write("]\n")


main()
