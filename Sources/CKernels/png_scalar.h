// PNG's row filters (PNG specification, third edition, 9.2) undone one byte after the other.
#pragma once
#include <stdlib.h>

#include "CKernels.h"

static inline uint8_t ck_paeth(int left, int above, int corner) {
  const int estimate = left + above - corner;
  const int to_left = abs(estimate - left), to_above = abs(estimate - above), to_corner = abs(estimate - corner);
  if (to_left <= to_above && to_left <= to_corner) return (uint8_t)left;
  return (uint8_t)(to_above <= to_corner ? above : corner);
}

static inline void ck_png_row(const uint8_t *filtered, size_t row_bytes, size_t pixel_bytes, const uint8_t *above,
                              uint8_t *out) {
  const uint8_t filter = *filtered++;
  for (size_t i = 0; i < row_bytes; i++) {
    const uint8_t left = i < pixel_bytes ? 0 : out[i - pixel_bytes];
    const uint8_t corner = i < pixel_bytes ? 0 : above[i - pixel_bytes];
    uint8_t guess = 0;
    switch (filter) {
      case 1: guess = left; break;
      case 2: guess = above[i]; break;
      case 3: guess = (uint8_t)((left + above[i]) / 2); break;
      case 4: guess = ck_paeth(left, above[i], corner); break;
      default: break;
    }
    out[i] = (uint8_t)(filtered[i] + guess);
  }
}

static inline void ck_png_rows_scalar(const uint8_t *filtered, size_t count, size_t row_bytes, size_t pixel_bytes,
                                      const uint8_t *above, uint8_t *out, size_t stride) {
  for (size_t row = 0; row < count; row++) {
    ck_png_row(filtered + row * (row_bytes + 1), row_bytes, pixel_bytes, above, out + row * stride);
    above = out + row * stride;
  }
}
