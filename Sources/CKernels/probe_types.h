// What the visit of a multi-index's buckets shares between levels. Include it inside a level's target region.
#pragma once
#include "CKernels.h"
#include "scan_scalar.h"

// Bands ahead of which a look-up asks for the buckets' lines.
#define CK_PROBE_AHEAD 2
// Queries ahead of which a batch does.
#define CK_BATCH_AHEAD 8
// Sketches of a bucket that are asked for at once; the processor sees for itself where it goes from there. In a batch
// other queries' buckets keep it busy.
#define CK_OPENED_ALONE 256
#define CK_OPENED_IN_BATCH 64
// Candidates that are verified together, so that their codes are on the way at the same time.
#define CK_VERIFY_GROUP 32

// Into the second cache: the first one's few miss buffers would be the limit.
#define CK_FETCH(address) __builtin_prefetch((address), 0, 2)

typedef struct ck_bucket {
  uint32_t at, end;
} ck_bucket;

typedef struct ck_found {
  ck_candidate *out;
  size_t count, capacity;
} ck_found;

static inline __attribute__((always_inline)) void ck_add(ck_found *found, uint32_t query, uint32_t position) {
  if (found->count < found->capacity) found->out[found->count] = (ck_candidate){query, position};
  found->count++;
}

// Asks for what will be read of a bucket: its first sketches, and the rows behind them only when one is near.
static inline __attribute__((always_inline)) ck_bucket ck_open(const ck_band *band, uint32_t at, uint32_t sketches) {
  const ck_bucket bucket = {band->starts[at], band->starts[at + 1]};
  CK_FETCH(band->sketches + bucket.at);
  const uint32_t end = bucket.end - bucket.at > sketches ? bucket.at + sketches : bucket.end;
  for (uint32_t next = bucket.at + 32; next < end; next += 32) CK_FETCH(band->sketches + next);
  return bucket;
}

static inline __attribute__((always_inline)) uint16_t ck_value(const uint64_t *code, uint32_t band) {
  return (uint16_t)(code[band >> 2] >> (16 * (band & 3)));
}

// Whether `band` is the first one that leads from one code to the other.
static inline __attribute__((always_inline)) int ck_is_first(const ck_plan *plan, uint32_t band, const uint64_t *a,
                                                             const uint64_t *b) {
  uint32_t distances[17];
  for (uint32_t i = 0; i < 17; i++)
    distances[i] = (uint32_t)__builtin_popcount(ck_value(a, i % CK_BANDS) ^ ck_value(b, i % CK_BANDS));
  for (uint32_t i = 0; i < CK_BANDS; i++)
    if (plan->limits[i] >= 0 && distances[i] <= (uint32_t)plan->limits[i] &&
        distances[i] + distances[i + 1] <= plan->bounds[i])
      return i == band;
  return 0;
}
