// Pixels -> luma (SPEC 1.3); part of float_lanes.h.

typedef uint32_t NAME(pixels) __attribute__((vector_size(LANES * 4), aligned(1), may_alias));
typedef uint8_t NAME(bytes) __attribute__((vector_size(LANES * 4)));

// Luma of pixels of which a lane each has R, G and B in its lower bytes.
INLINE VEC NAME(luma_of)(NAME(pixels) pixels) {
  typedef int32_t signed_lanes __attribute__((vector_size(LANES * 4)));
  const VEC r = 0.299f * __builtin_convertvector((signed_lanes)(pixels & 0xff), VEC);
  const VEC g = 0.587f * __builtin_convertvector((signed_lanes)(pixels >> 8 & 0xff), VEC);
  const VEC b = 0.114f * __builtin_convertvector((signed_lanes)(pixels >> 16 & 0xff), VEC);
  return (r + g) + b;
}

INLINE float NAME(luma_of_pixel)(const uint8_t *pixel) {
  const float r = 0.299f * (float)pixel[0], g = 0.587f * (float)pixel[1], b = 0.114f * (float)pixel[2];
  return (r + g) + b;
}
static void NAME(luma_gray)(const uint8_t *gray, size_t count, float *luma) {
  for (size_t i = 0; i < count; i++) {
    const float v = (float)gray[i];
    const float r = 0.299f * v, g = 0.587f * v, b = 0.114f * v;
    luma[i] = (r + g) + b;
  }
}

// Of each quad of bytes the first 12, three to a lane; the fourth means nothing.
#define SPREAD_QUAD(at)                                                                                        \
  at, at + 1, at + 2, at + 2, at + 3, at + 4, at + 5, at + 5, at + 6, at + 7, at + 8, at + 8, at + 9, at + 10, \
      at + 11, at + 11
#if LANES == 8
#define SPREAD(b) __builtin_shufflevector(b, b, SPREAD_QUAD(0), SPREAD_QUAD(16))
#endif

static void NAME(luma_rgb)(const uint8_t *rgb, size_t count, float *luma) {
  size_t i = 0;
#if LANES == 8
  // 4 pixels of 12 bytes in each quad; the last quad reads 4 bytes more than its own.
  for (; i + LANES + 2 <= count; i += LANES) {
    NAME(bytes) b;
    for (size_t quad = 0; quad < LANES / 4; quad++) memcpy((uint8_t *)&b + 16 * quad, rgb + 3 * i + 12 * quad, 16);
    STORE(luma + i, NAME(luma_of)((NAME(pixels))SPREAD(b)));
  }
#endif
  for (; i < count; i++) luma[i] = NAME(luma_of_pixel)(rgb + 3 * i);
}

static void NAME(luma_rgbx)(const uint8_t *rgbx, size_t count, float *luma) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) STORE(luma + i, NAME(luma_of)(*(const NAME(pixels) *)(rgbx + 4 * i)));
  for (; i < count; i++) luma[i] = NAME(luma_of_pixel)(rgbx + 4 * i);
}
