// YUV -> RGB in 16 bits, as libswscale does it on x86. Included once a level, with NAME defined: plain loops that
// the compiler turns into the level's vector code.
#include "kernels.h"

// The upper half of the product: one instruction.
static inline int16_t NAME(high_product)(int16_t a, int16_t b) { return (int16_t)(((int32_t)a * b) >> 16); }

static void NAME(yuv_chroma)(const uint8_t *restrict u, const uint8_t *restrict v, size_t count,
                             const ck_yuv *restrict factors, int16_t *restrict red, int16_t *restrict green,
                             int16_t *restrict blue) {
  const int16_t vr = factors->vr, ub = factors->ub, ug = factors->ug, vg = factors->vg;
  for (size_t i = 0; i < count; i++) {
    const int16_t du = (int16_t)(u[i] * 8 - 1024), dv = (int16_t)(v[i] * 8 - 1024);
    const int16_t r = NAME(high_product)(dv, vr), b = NAME(high_product)(du, ub);
    const int16_t g = (int16_t)(NAME(high_product)(du, ug) + NAME(high_product)(dv, vg));
    red[2 * i] = red[2 * i + 1] = r;
    green[2 * i] = green[2 * i + 1] = g;
    blue[2 * i] = blue[2 * i + 1] = b;
  }
}

static inline uint16_t NAME(clipped)(int16_t value) {
  const int16_t low = value < 0 ? 0 : value;
  return (uint16_t)(low > 255 ? 255 : low);
}

static void NAME(yuv_rgbx)(const uint8_t *restrict y, size_t count, const ck_yuv *restrict factors,
                           const int16_t *restrict red, const int16_t *restrict green, const int16_t *restrict blue,
                           uint32_t *restrict rgbx) {
  const int16_t offset = factors->offset, factor = factors->luma;
  for (size_t x = 0; x < count; x++) {
    const int16_t base = NAME(high_product)((int16_t)(y[x] * 8 - offset), factor);
    const uint16_t r = NAME(clipped)((int16_t)(base + red[x]));
    const uint16_t g = NAME(clipped)((int16_t)(base + green[x]));
    const uint16_t b = NAME(clipped)((int16_t)(base + blue[x]));
    const uint16_t rg = (uint16_t)(r | g << 8);
    rgbx[x] = (uint32_t)rg | (uint32_t)b << 16;
  }
}

static void NAME(fill_yuv)(ck_kernels *table) {
  table->yuv_chroma = NAME(yuv_chroma);
  table->yuv_rgbx = NAME(yuv_rgbx);
}
