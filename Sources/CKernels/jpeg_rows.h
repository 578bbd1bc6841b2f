// Chroma to full size as libjpeg-turbo does it (jdsample.c): plain loops that the compiler turns into a level's vector
// code. Included once a level, with NAME defined.
#include "kernels.h"

// The weights are 3 for the nearer sample and 1 for the farther one; what is rounded down and up alternates.
static void NAME(chroma_down)(const uint8_t *restrict near, const uint8_t *restrict far, size_t count,
                              uint32_t rounding, uint8_t *restrict out) {
  const uint16_t bias = (uint16_t)rounding;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)((uint16_t)(near[i] * 3 + far[i] + bias) >> 2);
}

// Two bytes at once, wherever they lie.
typedef uint16_t NAME(pair) __attribute__((aligned(1), may_alias));

static void NAME(chroma_across)(const uint8_t *restrict in, size_t count, uint8_t *restrict out) {
  NAME(pair) *pairs = (NAME(pair) *)out;
  const size_t last = count - 1;
  pairs[0] = (uint16_t)(in[0] | ((in[0] * 3 + in[1] + 2) >> 2) << 8);
  for (size_t i = 1; i < last; i++) {
    const uint16_t middle = (uint16_t)(in[i] * 3);
    const uint16_t left = (uint16_t)((uint16_t)(middle + in[i - 1] + 1) >> 2);
    const uint16_t right = (uint16_t)((uint16_t)(middle + in[i + 1] + 2) >> 2);
    pairs[i] = (uint16_t)(left | (uint16_t)(right << 8));
  }
  pairs[last] = (uint16_t)(((in[last] * 3 + in[last - 1] + 1) >> 2) | in[last] << 8);
}

static void NAME(chroma_both)(const uint8_t *restrict near, const uint8_t *restrict far, size_t count,
                              uint16_t *restrict sums, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) sums[i] = (uint16_t)(near[i] * 3 + far[i]);
  NAME(pair) *pairs = (NAME(pair) *)out;
  const size_t last = count - 1;
  pairs[0] = (uint16_t)(((sums[0] * 4 + 8) >> 4) | ((sums[0] * 3 + sums[1] + 7) >> 4) << 8);
  for (size_t i = 1; i < last; i++) {
    const uint16_t middle = (uint16_t)(sums[i] * 3);
    const uint16_t left = (uint16_t)((uint16_t)(middle + sums[i - 1] + 8) >> 4);
    const uint16_t right = (uint16_t)((uint16_t)(middle + sums[i + 1] + 7) >> 4);
    pairs[i] = (uint16_t)(left | (uint16_t)(right << 8));
  }
  pairs[last] = (uint16_t)(((sums[last] * 3 + sums[last - 1] + 8) >> 4) | ((sums[last] * 4 + 7) >> 4) << 8);
}

static void NAME(fill_jpeg_rows)(ck_kernels *table) {
  table->chroma_down = NAME(chroma_down);
  table->chroma_across = NAME(chroma_across);
  table->chroma_both = NAME(chroma_both);
}
