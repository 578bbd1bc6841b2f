// The visit of a multi-index's buckets in plain C; with a popcount instruction where the
// including file's target region has one.
#pragma once
#include "CKernels.h"

// Masks that are looked at together: those of one band at the usual radius.
#define CK_PROBE_GROUP 17

static inline __attribute__((always_inline)) size_t ck_probe_scalar(const uint64_t *queries, size_t query_count,
                                                                    const ck_band *band, const uint16_t *masks,
                                                                    size_t mask_count, uint32_t bound,
                                                                    ck_candidate *candidates, size_t capacity) {
  const uint32_t *const starts = band->starts;
  const uint16_t *const sketches = band->sketches;
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const uint16_t value = (uint16_t)(queries[4 * q + band->word] >> band->shift);
    const uint16_t next = (uint16_t)(queries[4 * q + band->next_word] >> band->next_shift);
    for (size_t m = 0; m < mask_count; m += CK_PROBE_GROUP) {
      const size_t group = mask_count - m < CK_PROBE_GROUP ? mask_count - m : CK_PROBE_GROUP;
      // First the buckets that hold something, without a branch: whether one does can't be guessed.
      struct {
        uint32_t at, end, room;
      } filled[CK_PROBE_GROUP];
      size_t count = 0;
      for (size_t i = 0; i < group; i++) {
        const uint16_t mask = masks[m + i];
        const uint32_t bucket = value ^ mask;
        filled[count].at = starts[bucket];
        filled[count].end = starts[bucket + 1];
        filled[count].room = bound - (uint32_t)__builtin_popcount(mask);
        count += filled[count].at != filled[count].end;
      }
      for (size_t i = 0; i < count; i++)
        for (uint32_t at = filled[i].at; at < filled[i].end; at++)
          if (__builtin_expect((uint32_t)__builtin_popcount((uint32_t)(sketches[at] ^ next)) <= filled[i].room, 0)) {
            if (found < capacity) candidates[found] = (ck_candidate){(uint32_t)q, at};
            found++;
          }
    }
  }
  return found;
}
