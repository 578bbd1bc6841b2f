// PNG's row filters undone in a wavefront: a pixel needs its left, upper and upper left neighbours, so four rows
// advance together, each two pixels behind the row above it: with one, moving a pixel to the row below would lie on
// the path from one step to the next. A 256-bit register holds one pixel of each row, 64 bits a row, 16 bits a byte;
// what is written or read beyond a row's ends falls into the padding.
#define WAVE_LAG 2

static inline __m256i wave_load(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d) {
  int32_t words[4];
  memcpy(words, a, 4);
  memcpy(words + 1, b, 4);
  memcpy(words + 2, c, 4);
  memcpy(words + 3, d, 4);
  return _mm256_cvtepu8_epi16(_mm_setr_epi32(words[0], words[1], words[2], words[3]));
}

static void wave_four_rows(const uint8_t *filtered, size_t row_bytes, size_t pixel_bytes, const uint8_t *above,
                           uint8_t *out, size_t stride) {
  const uint8_t *in[4];
  uint8_t *to[4];
  int64_t filter[4];
  for (size_t k = 0; k < 4; k++) {
    in[k] = filtered + k * (row_bytes + 1) + 1 - k * WAVE_LAG * pixel_bytes;
    to[k] = out + k * stride - k * WAVE_LAG * pixel_bytes;
    filter[k] = filtered[k * (row_bytes + 1)];
  }
  const __m256i filters = _mm256_loadu_si256((const __m256i *)filter);
  const __m256i is_left = _mm256_cmpeq_epi64(filters, _mm256_set1_epi64x(1));
  const __m256i is_above = _mm256_cmpeq_epi64(filters, _mm256_set1_epi64x(2));
  const __m256i is_mean = _mm256_cmpeq_epi64(filters, _mm256_set1_epi64x(3));
  const __m256i is_paeth = _mm256_cmpeq_epi64(filters, _mm256_set1_epi64x(4));
  const __m256i byte = _mm256_set1_epi16(255);
  const __m256i begin = _mm256_setr_epi64x(0, WAVE_LAG, 2 * WAVE_LAG, 3 * WAVE_LAG);

  // Of the pixels that a step makes, the ones to their left; above to their left; and above those of the next step.
  __m256i left = _mm256_setzero_si256(), corner = left, shifted = left;
  const size_t steps = row_bytes / pixel_bytes + 3 * WAVE_LAG;
  for (size_t step = 0; step < steps; step++) {
    const size_t at = step * pixel_bytes;
    const __m256i x = wave_load(in[0] + at, in[1] + at, in[2] + at, in[3] + at);
    int32_t top;
    memcpy(&top, above + at, 4);
    const __m256i up = _mm256_blend_epi32(shifted, _mm256_cvtepu8_epi16(_mm_cvtsi32_si128(top)), 3);
    shifted = _mm256_permute4x64_epi64(left, 0x90);
    const __m256i to_left = _mm256_sub_epi16(up, corner), far_left = _mm256_abs_epi16(to_left);

    // From here on it waits for the pixel to the left.
    const __m256i to_up = _mm256_sub_epi16(left, corner), far_up = _mm256_abs_epi16(to_up);
    const __m256i far_corner = _mm256_abs_epi16(_mm256_add_epi16(to_left, to_up));
    const __m256i nearest = _mm256_min_epi16(far_corner, _mm256_min_epi16(far_left, far_up));
    const __m256i upper = _mm256_blendv_epi8(corner, up, _mm256_cmpeq_epi16(nearest, far_up));
    const __m256i paeth = _mm256_blendv_epi8(upper, left, _mm256_cmpeq_epi16(nearest, far_left));
    const __m256i mean = _mm256_srli_epi16(_mm256_add_epi16(left, up), 1);
    const __m256i others = _mm256_or_si256(_mm256_and_si256(is_left, left), _mm256_and_si256(is_mean, mean));
    const __m256i sum = _mm256_add_epi16(_mm256_add_epi16(x, _mm256_and_si256(is_above, up)), others);
    left = _mm256_and_si256(_mm256_add_epi16(sum, _mm256_and_si256(is_paeth, paeth)), byte);
    // Rows that have not begun see zeros.
    if (step < 3 * WAVE_LAG)
      left = _mm256_andnot_si256(_mm256_cmpgt_epi64(begin, _mm256_set1_epi64x((int64_t)step)), left);
    corner = up;
    const __m256i packed = _mm256_packus_epi16(left, left);
    const uint64_t low = (uint64_t)_mm256_extract_epi64(packed, 0), high = (uint64_t)_mm256_extract_epi64(packed, 2);
    const uint32_t pixels[4] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high, (uint32_t)(high >> 32)};
    for (size_t k = 0; k < 4; k++) memcpy(to[k] + at, pixels + k, 4);
  }
}

static void avx2_png_rows(const uint8_t *filtered, size_t count, size_t row_bytes, size_t pixel_bytes,
                          const uint8_t *above, uint8_t *out, size_t stride) {
  size_t row = 0;
  // In narrower rows the lag would reach to before the first one.
  const int is_narrow = row_bytes < 4 * WAVE_LAG * pixel_bytes;
  for (; row + 4 <= count && !is_narrow; row += 4) {
    wave_four_rows(filtered + row * (row_bytes + 1), row_bytes, pixel_bytes, above, out + row * stride, stride);
    above = out + (row + 3) * stride;
  }
  ck_png_rows_scalar(filtered + row * (row_bytes + 1), count - row, row_bytes, pixel_bytes, above, out + row * stride,
                     stride);
}
