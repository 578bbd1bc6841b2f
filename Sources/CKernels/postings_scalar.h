// Postings of an inverted list in plain C; with a popcount instruction where the including file's target region has
// one.
#include "CKernels.h"

// Runs ahead of which the postings are asked for.
#define CK_RUNS_AHEAD 8
// Lines of a run that are asked for at once; the processor sees for itself where it goes from there.
#define CK_LINES_AHEAD 4

static inline __attribute__((always_inline)) void NAME(fetch_run)(const uint64_t *postings, size_t words, ck_run run) {
  const uint64_t *line = postings + words * run.from, *const end = postings + words * run.end;
  for (int i = 0; i < CK_LINES_AHEAD && line < end; i++, line += 8) ck_fetch(line);
}

static size_t NAME(scan_postings)(const uint64_t *postings, const ck_run *runs, size_t run_count, uint64_t signature,
                                  uint64_t mask, ck_near *found, size_t capacity) {
  size_t count = 0;
  for (size_t r = 0; r < run_count; r++) {
    if (r + CK_RUNS_AHEAD < run_count) NAME(fetch_run)(postings, 1, runs[r + CK_RUNS_AHEAD]);
    const ck_run run = runs[r];
    for (size_t at = run.from; at < run.end; at++) {
      const uint32_t distance = (uint32_t)__builtin_popcountll((postings[at] ^ signature) & mask);
      if (__builtin_expect(distance <= run.room, 0)) {
        if (count < capacity) found[count] = (ck_near){(uint32_t)at, distance + run.flips};
        count++;
      }
    }
  }
  return count;
}

static size_t NAME(scan_wide_postings)(const uint64_t *postings, const ck_run *runs, size_t run_count,
                                       const uint64_t signature[2], uint64_t mask, ck_near *found, size_t capacity) {
  const uint64_t first = signature[0], second = signature[1];
  size_t count = 0;
  for (size_t r = 0; r < run_count; r++) {
    if (r + CK_RUNS_AHEAD < run_count) NAME(fetch_run)(postings, 2, runs[r + CK_RUNS_AHEAD]);
    const ck_run run = runs[r];
    for (size_t at = run.from; at < run.end; at++) {
      // The second word has most bits of the signature: nearly all are too far by it alone.
      uint32_t distance = (uint32_t)__builtin_popcountll(postings[2 * at + 1] ^ second);
      if (__builtin_expect(distance > run.room, 1)) continue;
      distance += (uint32_t)__builtin_popcountll((postings[2 * at] ^ first) & mask);
      if (distance > run.room) continue;
      if (count < capacity) found[count] = (ck_near){(uint32_t)at, distance + run.flips};
      count++;
    }
  }
  return count;
}

static void NAME(fill_postings)(ck_kernels *table) {
  table->scan_postings = NAME(scan_postings);
  table->scan_wide_postings = NAME(scan_wide_postings);
}
