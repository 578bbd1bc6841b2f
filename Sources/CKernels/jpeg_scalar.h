// The inverse DCTs of libjpeg, to the bit: its accurate one of 8 x 8 pixels (jidctint.c) and the reduced ones of 4 x 4
// and 2 x 2 (jidctred.c), with its CONST_BITS 13 and PASS1_BITS 2; and its YCbCr -> RGB (jdcolor.c). Plain, as the
// oracle of the others and for CPUs without them.
#pragma once
#include "kernels.h"

static inline int32_t jpeg_descale(int32_t value, int bits) { return (value + (1 << (bits - 1))) >> bits; }
static inline uint8_t jpeg_pixel(int32_t value) {
  value += 128;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// One line of eight values -> eight, `step` apart on both sides.
static inline void jpeg_line8(const int32_t *in, size_t step, int32_t *out, int bits) {
  const int32_t c0 = in[0], c1 = in[step], c2 = in[2 * step], c3 = in[3 * step];
  const int32_t c4 = in[4 * step], c5 = in[5 * step], c6 = in[6 * step], c7 = in[7 * step];
  const int32_t z1 = (c2 + c6) * 4433;
  const int32_t even2 = z1 - c6 * 15137, even3 = z1 + c2 * 6270;
  const int32_t even0 = (c0 + c4) * 8192, even1 = (c0 - c4) * 8192;
  const int32_t a[4] = {even0 + even3, even1 + even2, even1 - even2, even0 - even3};
  const int32_t z5 = (c7 + c3 + c5 + c1) * 9633;
  const int32_t z3 = z5 - (c7 + c3) * 16069, z4 = z5 - (c5 + c1) * 3196;
  const int32_t y1 = (c7 + c1) * -7373, y2 = (c5 + c3) * -20995;
  const int32_t b[4] = {c1 * 12299 + y1 + z4, c3 * 25172 + y2 + z3, c5 * 16819 + y2 + z4, c7 * 2446 + y1 + z3};
  for (size_t i = 0; i < 4; i++) {
    out[i * step] = jpeg_descale(a[i] + b[i], bits);
    out[(7 - i) * step] = jpeg_descale(a[i] - b[i], bits);
  }
}

static inline void jpeg_line4(const int32_t *in, size_t step, int32_t *out, int bits) {
  const int32_t c1 = in[step], c3 = in[3 * step], c5 = in[5 * step], c7 = in[7 * step];
  const int32_t even0 = in[0] * 16384, even2 = in[2 * step] * 15137 - in[6 * step] * 6270;
  const int32_t odd0 = c7 * -1730 + c5 * 11893 - c3 * 17799 + c1 * 8697;
  const int32_t odd2 = c7 * -4176 - c5 * 4926 + c3 * 7373 + c1 * 20995;
  out[0] = jpeg_descale(even0 + even2 + odd2, bits);
  out[3 * step] = jpeg_descale(even0 + even2 - odd2, bits);
  out[step] = jpeg_descale(even0 - even2 + odd0, bits);
  out[2 * step] = jpeg_descale(even0 - even2 - odd0, bits);
}

static inline void jpeg_line2(const int32_t *in, size_t step, int32_t *out, int bits) {
  const int32_t even = in[0] * 32768;
  const int32_t odd = in[step] * 29692 - in[3 * step] * 10426 + in[5 * step] * 6967 - in[7 * step] * 5906;
  out[0] = jpeg_descale(even + odd, bits);
  out[step] = jpeg_descale(even - odd, bits);
}

static inline void ck_idct8_scalar(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out,
                                   size_t stride) {
  (void)is_flat;
  for (size_t block = 0; block < count; block++, blocks += 64, out += 8) {
    int32_t values[64];
    for (size_t i = 0; i < 64; i++) values[i] = blocks[i];
    for (size_t x = 0; x < 8; x++) jpeg_line8(values + x, 8, values + x, 11);
    for (size_t y = 0; y < 8; y++) {
      jpeg_line8(values + 8 * y, 1, values + 8 * y, 18);
      for (size_t x = 0; x < 8; x++) out[y * stride + x] = jpeg_pixel(values[8 * y + x]);
    }
  }
}

static inline void ck_idct4_scalar(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out,
                                   size_t stride) {
  (void)is_flat;
  for (size_t block = 0; block < count; block++, blocks += 64, out += 4) {
    int32_t values[64];
    for (size_t i = 0; i < 64; i++) values[i] = blocks[i];
    for (size_t x = 0; x < 8; x++)
      if (x != 4) jpeg_line4(values + x, 8, values + x, 12);
    for (size_t y = 0; y < 4; y++) {
      jpeg_line4(values + 8 * y, 1, values + 8 * y, 19);
      for (size_t x = 0; x < 4; x++) out[y * stride + x] = jpeg_pixel(values[8 * y + x]);
    }
  }
}

static inline void ck_idct2_scalar(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out,
                                   size_t stride) {
  (void)is_flat;
  for (size_t block = 0; block < count; block++, blocks += 64, out += 2) {
    int32_t values[64];
    for (size_t i = 0; i < 64; i++) values[i] = blocks[i];
    for (size_t x = 0; x < 8; x++)
      if (x == 0 || x % 2) jpeg_line2(values + x, 8, values + x, 13);
    for (size_t y = 0; y < 2; y++) {
      jpeg_line2(values + 8 * y, 1, values + 8 * y, 20);
      for (size_t x = 0; x < 2; x++) out[y * stride + x] = jpeg_pixel(values[8 * y + x]);
    }
  }
}

// The factors times 65536: 1.40200, 1.77200, 0.34414, 0.71414.
static inline void ck_ycc_rgbx_scalar(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t count,
                                      uint32_t *rgbx) {
  for (size_t x = 0; x < count; x++) {
    // jpeg_pixel adds 128.
    const int32_t blue = cb[x] - 128, red = cr[x] - 128, luma = y[x] - 128;
    const uint32_t r = jpeg_pixel(luma + ((91881 * red + 32768) >> 16));
    const uint32_t g = jpeg_pixel(luma + ((-22554 * blue - 46802 * red + 32768) >> 16));
    const uint32_t b = jpeg_pixel(luma + ((116130 * blue + 32768) >> 16));
    rgbx[x] = r | g << 8 | b << 16;
  }
}
