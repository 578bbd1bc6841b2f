"""Learns which pairs of boxes a descriptor's bits compare, and writes them as Swift source.

A bit says whether the first of two boxes of a patch is brighter than the second by more than a threshold, as in BEBLID
(Suarez, Sfeir, Buenaposada, Baumela: "BEBLID: Boosted efficient binary local image descriptor", Pattern Recognition
Letters 2020); here in parts of the patch's own contrast, so that it doesn't matter how strong that is. Patches of 32 x 32
pixels are cut around ORB's keypoints of photos, and once more from copies that were turned, scaled, blurred, brightened
and compressed. Bits are then taken greedily: what tells pairs of the same place from pairs of different places best, as
long as it does not say what a bit that was taken before says. Each bit is taken with its mirrored one, which comes 128
bits later; those that go together all the same are put into different bands of the multi-index.

    python learn_boxes.py PHOTOS OUT.swift      # numpy, opencv-python-headless
"""

import sys
from pathlib import Path

import cv2
import numpy as np

SIDE = 32
BITS = 256
CANDIDATES = 6000
PER_PHOTO = 100
# Under this a bit changes too often in a copy.
LEAST_GAIN = 0.28


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


def differences(table, boxes):
    """(boxes, patches): by how much the first box's mean is over the second's."""
    out = np.empty((len(boxes), len(table)), np.float32)
    for i, (x1, y1, x2, y2, r) in enumerate(boxes):
        out[i] = (box(table, x1, y1, r) - box(table, x2, y2, r)) / (2 * r + 1) ** 2
    return out


def mirrored(pair):
    x1, y1, x2, y2, r = pair
    return x1, SIDE - 1 - y1, x2, SIDE - 1 - y2, r


def candidates(random):
    found = set()
    while len(found) < CANDIDATES:
        r = int(random.choice([1, 1, 2, 2, 3, 4, 5]))
        # Neighbours: boxes far apart all say the same, on which side the patch is brighter.
        first = np.rint(random.normal(SIDE / 2 - 0.5, 6.5, 2))
        second = np.rint(first + random.normal(0, 4 + r / 2, 2))
        x1, y1, x2, y2 = places = [int(v) for v in (*first, *second)]
        inside = all(3 + r <= p < SIDE - 3 - r for p in places)
        pair = (x1, y1, x2, y2, r)
        is_own_mirror = mirrored(pair) in (pair, (x2, y2, x1, y1, r))
        if inside and (x1 - x2) ** 2 + (y1 - y2) ** 2 >= (r + 1) ** 2 and not is_own_mirror:
            found.add(pair)
    return sorted(found)


def taken_pairs(signs, halves, gain):
    """Bits of which none, and no mirrored one, says what another says."""
    order, limit = np.argsort(-gain), 0.38
    while True:
        taken, rows = [], np.empty((BITS, signs.shape[1]), np.float32)
        for i in order:
            if gain[i] < LEAST_GAIN:
                break
            if abs(signs[i] @ halves(signs[i])) >= limit:
                continue
            if not taken or np.abs(rows[: 2 * len(taken)] @ signs[i]).max() < limit:
                rows[2 * len(taken)], rows[2 * len(taken) + 1] = signs[i], halves(signs[i])
                taken.append(i)
                if 2 * len(taken) == BITS:
                    return taken, limit
        limit += 0.02


# Band b of the multi-index has, of column j of the 16 x 16 bits, that of row b + ROWS[j] (BandCode.swift).
ROWS = [0, 7, 13, 4, 10, 1, 15, 6, 12, 3, 9, 14, 5, 11, 2, 8]


def arranged(bits, random):
    """The order of the bits (k and k + 128 are mirrored ones of each other) in which bands say most."""
    square = np.corrcoef(bits.astype(np.float32)) ** 2
    half = BITS // 2
    # Slot s of band s // 16 has a pair's one bit, band s // 16 + 8 the other.
    slots = np.array([[i, i + half] for i in random.permutation(half)])

    def cost(band):
        members = np.array([slots[16 * (band % 8) + k][band // 8] for k in range(16)])
        return square[np.ix_(members, members)].sum()

    costs = np.array([cost(band) for band in range(16)])
    steps = 60000
    for step in range(steps):
        i, j = random.integers(half, size=2)
        old = slots[[i, j]].copy()
        slots[i], slots[j] = (old[1], old[0]) if random.random() < 0.5 else (old[1][::-1], old[0])
        bands = {i // 16, j // 16, i // 16 + 8, j // 16 + 8}
        new = {band: cost(band) for band in bands}
        change = sum(new[band] - costs[band] for band in bands)
        if change < 0 or random.random() < np.exp(-change / (0.05 * (1 - step / steps) + 1e-9)):
            for band in bands:
                costs[band] = new[band]
        else:
            slots[[i, j]] = old
    order = np.empty(BITS, int)
    for s, pair in enumerate(slots):
        band, column = s // 16, s % 16
        for side in (0, 1):
            order[16 * ((band + 8 * side + ROWS[column]) % 16) + column] = pair[side]
    assert all((order[k] + half) % BITS == order[(k + half) % BITS] for k in range(BITS))
    return order


def report(one, two, random):
    one, two = np.packbits(one.T, axis=1), np.packbits(two.T, axis=1)
    count = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(1)
    same = count[one ^ two].sum(1)
    # Patches that are further apart than a photo has any.
    shifts = random.integers(2 * PER_PHOTO, len(one) - 2 * PER_PHOTO, 100)
    other = np.concatenate([count[one ^ np.roll(one, int(k), axis=0)].sum(1) for k in shifts])
    print(f"unrelated: mean {other.mean():.1f}, deviation {other.std():.1f}", file=sys.stderr)
    for radius in (24, 27, 32, 40, 48, 56, 64, 72):
        print(f"within {radius}: same {(same <= radius).mean():.3f}, unrelated {(other <= radius).mean():.1e}",
              file=sys.stderr)


def main():
    random = np.random.default_rng(7)
    one, two = pairs(sys.argv[1], random)
    print(len(one), "pairs", file=sys.stderr)
    # A mirrored patch is as good as any; its first half of columns belongs to the patches as they are.
    tables = [integral(np.concatenate([p, p[:, ::-1]])) for p in (one, two)]
    boxes = candidates(random)
    some = [boxes[i] for i in random.choice(len(boxes), 256, replace=False)]
    contrast = [np.abs(differences(t, some)).mean(0) + 0.5 for t in tables]
    values = [differences(t, boxes) / c for t, c in zip(tables, contrast)]
    threshold = np.median(values[0], axis=1)
    a, b = (v > threshold[:, None] for v in values)
    # Of different places half of the bits are equal.
    gain = (a == b).mean(1) - 0.5
    signs = np.where(a, 1.0, -1.0).astype(np.float32)
    signs -= signs.mean(1, keepdims=True)
    signs /= np.linalg.norm(signs, axis=1, keepdims=True)
    taken, limit = taken_pairs(signs, lambda row: np.roll(row, len(one)), gain)
    print(f"correlation under {limit:.2f}, stable {0.5 + gain[taken].mean():.3f}", file=sys.stderr)

    chosen = [boxes[i] for i in taken]
    chosen += [mirrored(pair) for pair in chosen]
    values = [differences(t, chosen) for t in tables]
    values = [v / (np.abs(v).mean(0) + 0.5) for v in values]
    half = len(taken)
    threshold = np.median(values[0], axis=1)
    threshold = np.rint(64 * np.tile((threshold[:half] + threshold[half:]) / 2, 2))
    a, b = (v > threshold[:, None] / 64 for v in values)
    order = arranged(a, random)
    report(a[:, : len(one)], b[:, : len(one)], random)

    rows = []
    for i in order:
        x1, y1, x2, y2, r = chosen[i]
        places = [v - SIDE // 2 for v in (x1, y1, x2, y2)]
        rows.append(", ".join(map(str, places + [r, int(np.clip(threshold[i], -128, 127))])))
    with open(sys.argv[2], "w") as out:
        out.write("// Made by Benchmarks/robustness/learn_boxes.py: change that, not this.\n\n")
        out.write("/// A bit a row: x and y of one box's middle and of the other's, from the patch's middle in 32nds of its\n")
        out.write("/// side; the boxes' radius: they are 2r + 1 wide; by how much the one has to be brighter, in 64ths of the mean\n")
        out.write("/// difference of all rows. Row k + 128 is row k mirrored.\n")
        out.write("let comparedBoxes: [Int8] = [\n")
        for row in rows:
            out.write("    " + row + ",\n")
        out.write("]\n")


main()
