// What jpeg_scalar.h does with 16-bit lanes: a register holds a row of a block, or of two blocks, a half for
// each. Sums of two products are exact in 32 bits, so that the order of additions does not matter; that nothing
// overflows 16 bits is the caller's promise. Included with NAME and WIDE (128 or 256) defined.
#include "jpeg_scalar.h"
#include "kernels.h"

#if WIDE == 256
#define V __m256i
#define OP(name) _mm256_##name
#define ZERO _mm256_setzero_si256()
#define BLOCKS 2
#define XOR(a, b) _mm256_xor_si256(a, b)
// Bytes to 16 bits.
#define WIDENED(p) _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(p)))
// The same row of two blocks.
#define ROW(blocks, row)                                                                                    \
  _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)((blocks) + 8 * (row)))), \
                          _mm_loadu_si128((const __m128i *)((blocks) + 64 + 8 * (row))), 1)
#else
#define V __m128i
#define OP(name) _mm_##name
#define ZERO _mm_setzero_si128()
#define BLOCKS 1
#define XOR(a, b) _mm_xor_si128(a, b)
#define WIDENED(p) _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(p)), _mm_setzero_si128())
#define ROW(blocks, row) _mm_loadu_si128((const __m128i *)((blocks) + 8 * (row)))
#endif

// a * x + b * y, of neighbours x and y in 16 bits.
#define PAIR(a, b) OP(set1_epi32)((int)((uint32_t)(uint16_t)(int16_t)(a) | (uint32_t)(uint16_t)(int16_t)(b) << 16))
#define MUL(pairs, a, b) OP(madd_epi16)(pairs, PAIR(a, b))
// The lower or the upper half of two registers, lane by lane.
#define PAIRS(x, y) (half ? OP(unpackhi_epi16)(x, y) : OP(unpacklo_epi16)(x, y))
#define ADD32(a, b) OP(add_epi32)(a, b)
#define SUB32(a, b) OP(sub_epi32)(a, b)

typedef struct {
  V low, high;  // 32 bits each
} NAME(sums);

static inline __attribute__((always_inline)) V NAME(descaled)(NAME(sums) a, NAME(sums) b, int sign, int bits) {
  const V half = OP(set1_epi32)(1 << (bits - 1));
  const V low = sign > 0 ? ADD32(a.low, b.low) : SUB32(a.low, b.low);
  const V high = sign > 0 ? ADD32(a.high, b.high) : SUB32(a.high, b.high);
  return OP(packs_epi32)(OP(srai_epi32)(ADD32(low, half), bits), OP(srai_epi32)(ADD32(high, half), bits));
}

// Eight rows -> eight: the transform along columns.
static inline __attribute__((always_inline)) void NAME(columns8)(V c[8], int bits) {
  V a[4][2], b[4][2];
  const V z3 = OP(add_epi16)(c[3], c[7]), z4 = OP(add_epi16)(c[1], c[5]);
  for (int half = 0; half < 2; half++) {
    const V c04 = PAIRS(c[0], c[4]), c26 = PAIRS(c[2], c[6]), c71 = PAIRS(c[7], c[1]), c53 = PAIRS(c[5], c[3]);
    const V z34 = PAIRS(z3, z4);
    const V even0 = MUL(c04, 8192, 8192), even1 = MUL(c04, 8192, -8192);
    const V even2 = MUL(c26, 4433, 4433 - 15137), even3 = MUL(c26, 4433 + 6270, 4433);
    a[0][half] = ADD32(even0, even3);
    a[1][half] = ADD32(even1, even2);
    a[2][half] = SUB32(even1, even2);
    a[3][half] = SUB32(even0, even3);
    const V y3 = MUL(z34, 9633 - 16069, 9633), y4 = MUL(z34, 9633, 9633 - 3196);
    b[0][half] = ADD32(MUL(c71, -7373, 12299 - 7373), y4);
    b[1][half] = ADD32(MUL(c53, -20995, 25172 - 20995), y3);
    b[2][half] = ADD32(MUL(c53, 16819 - 20995, -20995), y4);
    b[3][half] = ADD32(MUL(c71, 2446 - 7373, -7373), y3);
  }
  for (int i = 0; i < 4; i++) {
    const NAME(sums) even = {a[i][0], a[i][1]}, odd = {b[i][0], b[i][1]};
    c[i] = NAME(descaled)(even, odd, 1, bits);
    c[7 - i] = NAME(descaled)(even, odd, -1, bits);
  }
}

static inline __attribute__((always_inline)) void NAME(transpose8)(V r[8]) {
  V a[8], b[8];
  for (int i = 0; i < 4; i++) {
    a[2 * i] = OP(unpacklo_epi16)(r[2 * i], r[2 * i + 1]);
    a[2 * i + 1] = OP(unpackhi_epi16)(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++)
    for (int half = 0; half < 2; half++) {
      b[4 * i + 2 * half] = OP(unpacklo_epi32)(a[4 * i + half], a[4 * i + 2 + half]);
      b[4 * i + 2 * half + 1] = OP(unpackhi_epi32)(a[4 * i + half], a[4 * i + 2 + half]);
    }
  for (int i = 0; i < 4; i++) {
    r[2 * i] = OP(unpacklo_epi64)(b[i], b[4 + i]);
    r[2 * i + 1] = OP(unpackhi_epi64)(b[i], b[4 + i]);
  }
}

static inline __attribute__((always_inline)) void NAME(idct8_blocks)(const int16_t *blocks, uint8_t *out,
                                                                     size_t stride) {
  V c[8];
  for (int i = 0; i < 8; i++) c[i] = ROW(blocks, i);
  NAME(columns8)(c, 11);
  NAME(transpose8)(c);
  NAME(columns8)(c, 18);
  NAME(transpose8)(c);
  for (int i = 0; i < 4; i++) {
    // Rows 2 i and 2 i + 1, half a register a block.
    const V rows = XOR(OP(packs_epi16)(c[2 * i], c[2 * i + 1]), OP(set1_epi8)((char)0x80));
    uint8_t *to = out + 2 * i * stride;
#if WIDE == 256
    const __m128i first = _mm256_castsi256_si128(rows), second = _mm256_extracti128_si256(rows, 1);
    _mm_storeu_si128((__m128i *)to, _mm_unpacklo_epi64(first, second));
    _mm_storeu_si128((__m128i *)(to + stride), _mm_unpackhi_epi64(first, second));
#else
    _mm_storel_epi64((__m128i *)to, rows);
    _mm_storel_epi64((__m128i *)(to + stride), _mm_unpackhi_epi64(rows, rows));
#endif
  }
}

// The 32-bit words of a register that has each block's pixels in a half.
static inline __attribute__((always_inline)) void NAME(pixel_words)(V pixels, uint32_t words[4 * BLOCKS]) {
  pixels = XOR(pixels, OP(set1_epi8)((char)0x80));
  memcpy(words, &pixels, sizeof pixels);
}

static inline __attribute__((always_inline)) void NAME(idct4_blocks)(const int16_t *blocks, uint8_t *out,
                                                                     size_t stride) {
  const V c0 = ROW(blocks, 0), c1 = ROW(blocks, 1), c2 = ROW(blocks, 2), c3 = ROW(blocks, 3);
  const V c5 = ROW(blocks, 5), c6 = ROW(blocks, 6), c7 = ROW(blocks, 7);
  V even0[2], even2[2], odd0[2], odd2[2];
  for (int half = 0; half < 2; half++) {
    const V c75 = PAIRS(c7, c5), c31 = PAIRS(c3, c1);
    even0[half] = OP(srai_epi32)(PAIRS(ZERO, c0), 2);
    even2[half] = MUL(PAIRS(c2, c6), 15137, -6270);
    odd0[half] = ADD32(MUL(c75, -1730, 11893), MUL(c31, -17799, 8697));
    odd2[half] = ADD32(MUL(c75, -4176, -4926), MUL(c31, 7373, 20995));
  }
  const NAME(sums) a = {ADD32(even0[0], even2[0]), ADD32(even0[1], even2[1])};
  const NAME(sums) b = {SUB32(even0[0], even2[0]), SUB32(even0[1], even2[1])};
  const NAME(sums) x = {odd0[0], odd0[1]}, z = {odd2[0], odd2[1]};
  const V r0 = NAME(descaled)(a, z, 1, 12), r3 = NAME(descaled)(a, z, -1, 12);
  const V r1 = NAME(descaled)(b, x, 1, 12), r2 = NAME(descaled)(b, x, -1, 12);

  // Columns of four: 0 and 1, 2 and 3, 4 and 5, 6 and 7.
  const V low01 = OP(unpacklo_epi16)(r0, r1), high01 = OP(unpackhi_epi16)(r0, r1);
  const V low23 = OP(unpacklo_epi16)(r2, r3), high23 = OP(unpackhi_epi16)(r2, r3);
  const V k01 = OP(unpacklo_epi32)(low01, low23), k23 = OP(unpackhi_epi32)(low01, low23);
  const V k45 = OP(unpacklo_epi32)(high01, high23), k67 = OP(unpackhi_epi32)(high01, high23);
  const V k15 = OP(unpackhi_epi16)(k01, k45), k37 = OP(unpackhi_epi16)(k23, k67);
  const V row0 = OP(srai_epi32)(OP(unpacklo_epi16)(ZERO, k01), 2);
  const V row2 = MUL(OP(unpacklo_epi16)(k23, k67), 15137, -6270);
  const V oddA = ADD32(MUL(k37, -17799, -1730), MUL(k15, 8697, 11893));
  const V oddC = ADD32(MUL(k37, 7373, -4176), MUL(k15, 20995, -4926));
  const V sum = ADD32(row0, row2), difference = SUB32(row0, row2);
  const NAME(sums) even = {sum, difference}, odd = {oddC, oddA};
  // Columns 0 and 1, 3 and 2.
  const V k10 = NAME(descaled)(even, odd, 1, 19), k32 = NAME(descaled)(even, odd, -1, 19);
  const V k03 = OP(unpacklo_epi16)(k10, k32), k12 = OP(unpackhi_epi16)(k10, k32);
  // Each row as columns 0 1 3 2, then in order.
  const V k02 = OP(unpacklo_epi16)(k03, k12), k13 = OP(unpackhi_epi16)(k03, k12);
  const V rows01 = OP(shufflehi_epi16)(OP(shufflelo_epi16)(k02, 0xb4), 0xb4);
  const V rows23 = OP(shufflehi_epi16)(OP(shufflelo_epi16)(k13, 0xb4), 0xb4);
  uint32_t words[4 * BLOCKS];
  NAME(pixel_words)(OP(packs_epi16)(rows01, rows23), words);
  for (size_t block = 0; block < BLOCKS; block++)
    for (size_t row = 0; row < 4; row++) memcpy(out + row * stride + 4 * block, words + 4 * block + row, 4);
}

static inline __attribute__((always_inline)) void NAME(idct2_blocks)(const int16_t *blocks, uint8_t *out,
                                                                     size_t stride) {
  const V c0 = ROW(blocks, 0), c1 = ROW(blocks, 1), c3 = ROW(blocks, 3), c5 = ROW(blocks, 5), c7 = ROW(blocks, 7);
  NAME(sums) even, odd;
  even.low = OP(srai_epi32)(OP(unpacklo_epi16)(ZERO, c0), 1);
  even.high = OP(srai_epi32)(OP(unpackhi_epi16)(ZERO, c0), 1);
  odd.low = ADD32(MUL(OP(unpacklo_epi16)(c1, c3), 29692, -10426), MUL(OP(unpacklo_epi16)(c5, c7), 6967, -5906));
  odd.high = ADD32(MUL(OP(unpackhi_epi16)(c1, c3), 29692, -10426), MUL(OP(unpackhi_epi16)(c5, c7), 6967, -5906));
  const V r0 = NAME(descaled)(even, odd, 1, 13), r1 = NAME(descaled)(even, odd, -1, 13);
  // Odd columns, each by its factor; sums of all four: of both rows, twice.
  const V factors = OP(unpacklo_epi64)(OP(unpacklo_epi32)(PAIR(0, 29692), PAIR(0, -10426)),
                                       OP(unpacklo_epi32)(PAIR(0, 6967), PAIR(0, -5906)));
  const V m0 = OP(madd_epi16)(r0, factors), m1 = OP(madd_epi16)(r1, factors);
  const V twos = ADD32(OP(unpacklo_epi32)(m0, m1), OP(unpackhi_epi32)(m0, m1));
  const V all = ADD32(twos, OP(shuffle_epi32)(twos, 0x4e));
  const V means = OP(srai_epi32)(OP(unpacklo_epi16)(ZERO, OP(unpacklo_epi16)(r0, r1)), 1);
  const NAME(sums) mean = {means, means}, rest = {all, all};
  // Of rows 0 and 1: columns 0 in the lowest words, columns 1.
  const V left = NAME(descaled)(mean, rest, 1, 20), right = NAME(descaled)(mean, rest, -1, 20);
  const V pixels = OP(unpacklo_epi16)(left, right);
  uint32_t words[4 * BLOCKS];
  NAME(pixel_words)(OP(packs_epi16)(pixels, pixels), words);
  for (size_t block = 0; block < BLOCKS; block++) {
    memcpy(out + 2 * block, words + 4 * block, 2);
    memcpy(out + stride + 2 * block, (const uint8_t *)(words + 4 * block) + 2, 2);
  }
}

// A block's pixels that are all its mean.
static inline __attribute__((always_inline)) void NAME(fill)(int16_t mean, size_t side, uint8_t *out, size_t stride) {
  const int32_t value = ((mean + 4) >> 3) + 128;
  const uint8_t pixel = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  for (size_t y = 0; y < side; y++) memset(out + y * stride, pixel, side);
}

#define EACH_BLOCK(side)                                                  \
  for (size_t i = 0; i < count;)                                          \
    if (is_flat[i]) {                                                     \
      NAME(fill)(blocks[64 * i], side, out + side * i, stride);           \
      i++;                                                                \
    } else {                                                              \
      NAME(idct##side##_blocks)(blocks + 64 * i, out + side * i, stride); \
      i += BLOCKS;                                                        \
    }
static void NAME(idct8)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride) {
  EACH_BLOCK(8)
}
static void NAME(idct4)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride) {
  EACH_BLOCK(4)
}
static void NAME(idct2)(const int16_t *blocks, const uint8_t *is_flat, size_t count, uint8_t *out, size_t stride) {
  EACH_BLOCK(2)
}

// Pixels 0...3 and 4...7 of each half.
static inline __attribute__((always_inline)) void NAME(store_pixels)(uint32_t *out, V first, V second) {
#if WIDE == 256
  _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(first, second, 0x20));
  _mm256_storeu_si256((__m256i *)(out + 8), _mm256_permute2x128_si256(first, second, 0x31));
#else
  _mm_storeu_si128((__m128i *)out, first);
  _mm_storeu_si128((__m128i *)(out + 4), second);
#endif
}

// Products with factors that do not fit 16 bits are split: 1.402 = 1 + 0.402, 1.772 = 2 - 0.228, 0.714 = 1 - 0.286.
static void NAME(ycc_rgbx)(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t count, uint32_t *rgbx) {
  const V one = OP(set1_epi16)(1), half = OP(set1_epi32)(32768), middle = OP(set1_epi16)(128);
  size_t x = 0;
  for (; x + sizeof(V) / 2 <= count; x += sizeof(V) / 2) {
    const V luma = WIDENED(y + x);
    const V blue = OP(sub_epi16)(WIDENED(cb + x), middle), red = OP(sub_epi16)(WIDENED(cr + x), middle);
    const V blue2 = OP(add_epi16)(blue, blue), red2 = OP(add_epi16)(red, red);
    // (2 a f / 65536 + 1) / 2, each rounded down, is a f / 65536 rounded.
    const V r = OP(add_epi16)(OP(srai_epi16)(OP(add_epi16)(OP(mulhi_epi16)(red2, OP(set1_epi16)(26345)), one), 1), red);
    const V b =
        OP(add_epi16)(OP(srai_epi16)(OP(add_epi16)(OP(mulhi_epi16)(blue2, OP(set1_epi16)(-14942)), one), 1), blue2);
    const V low = OP(srai_epi32)(ADD32(MUL(OP(unpacklo_epi16)(blue, red), -22554, 18734), half), 16);
    const V high = OP(srai_epi32)(ADD32(MUL(OP(unpackhi_epi16)(blue, red), -22554, 18734), half), 16);
    const V g = OP(sub_epi16)(OP(packs_epi32)(low, high), red);
    // Bytes, each register's halves by themselves.
    const V rb = OP(packus_epi16)(OP(add_epi16)(luma, r), OP(add_epi16)(luma, b));
    const V gx = OP(packus_epi16)(OP(add_epi16)(luma, g), ZERO);
    const V rg = OP(unpacklo_epi8)(rb, gx), bx = OP(unpackhi_epi8)(rb, gx);
    // The upper bytes of `bx` would be those of `gx`, which are 0.
    NAME(store_pixels)(rgbx + x, OP(unpacklo_epi16)(rg, bx), OP(unpackhi_epi16)(rg, bx));
  }
  ck_ycc_rgbx_scalar(y + x, cb + x, cr + x, count - x, rgbx + x);
}

static void NAME(fill_jpeg)(ck_kernels *table) {
  table->idct8 = NAME(idct8);
  table->idct4 = NAME(idct4);
  table->idct2 = NAME(idct2);
  table->ycc_rgbx = NAME(ycc_rgbx);
}

#undef V
#undef OP
#undef ZERO
#undef BLOCKS
#undef ROW
#undef XOR
#undef WIDENED
#undef PAIR
#undef PAIRS
#undef MUL
#undef ADD32
#undef SUB32
#undef EACH_BLOCK
