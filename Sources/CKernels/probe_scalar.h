// A bucket's places in plain C; with a popcount instruction where the including file's target region has one.
#include "probe_types.h"

static inline __attribute__((always_inline)) void NAME(scan_bucket)(const ck_band *band, ck_bucket bucket,
                                                                    uint16_t next, uint32_t room, uint32_t query,
                                                                    ck_found *found) {
  for (uint32_t at = bucket.at; at < bucket.end; at++)
    if (__builtin_expect((uint32_t)__builtin_popcount((uint32_t)(band->sketches[at] ^ next)) <= room, 0))
      ck_add(found, query, at);
}

#include "probe_lanes.h"
