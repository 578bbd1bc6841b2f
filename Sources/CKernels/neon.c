#if defined(__aarch64__)
#include <arm_neon.h>

#include "kernels.h"
#include "scan_scalar.h"

// The float kernels of the portable level are 128-bit already; only the scan differs.
static size_t neon_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                           uint32_t radius, ck_hit *hits, size_t capacity) {
  size_t found = 0;
  for (size_t q = 0; q < query_count; q++) {
    const uint8x16_t low = vld1q_u8((const uint8_t *)(queries + 4 * q));
    const uint8x16_t high = vld1q_u8((const uint8_t *)(queries + 4 * q + 2));
    for (size_t row = 0; row < row_count; row++) {
      const uint8_t *bytes = (const uint8_t *)(rows + 4 * row);
      const uint8x16_t bits =
          vaddq_u8(vcntq_u8(veorq_u8(vld1q_u8(bytes), low)), vcntq_u8(veorq_u8(vld1q_u8(bytes + 16), high)));
      const uint32_t distance = vaddlvq_u8(bits);
      if (__builtin_expect(distance <= radius, 0)) found = ck_emit(hits, capacity, found, q, row, distance);
    }
  }
  return found;
}

void ck_fill_neon(ck_kernels *table) { table->scan256 = neon_scan256; }
#endif
