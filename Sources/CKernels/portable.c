#include "kernels.h"
#include "png_scalar.h"
#include "scan_scalar.h"

#define LANES 4  // every 64-bit CPU that we build for has 128-bit float registers
#define NAME(x) portable_##x
#include "float_lanes.h"
#include "probe_scalar.h"
#include "postings_scalar.h"
#include "yuv_lanes.h"
#include "corner_lanes.h"
#include "jpeg_rows.h"
#include "jpeg_scalar.h"

static size_t portable_scan256(const uint64_t *queries, size_t query_count, const uint64_t *rows, size_t row_count,
                               uint32_t radius, ck_hit *hits, size_t capacity) {
  return ck_scan_scalar(queries, query_count, rows, row_count, radius, hits, capacity);
}

void ck_fill_portable(ck_kernels *table) {
  table->png_rows = ck_png_rows_scalar;
  table->scan256 = portable_scan256;
  portable_fill_float(table);
  portable_fill_probe(table);
  portable_fill_postings(table);
  portable_fill_yuv(table);
  portable_fill_corners(table);
  portable_fill_jpeg_rows(table);
  table->idct8 = ck_idct8_scalar;
  table->idct4 = ck_idct4_scalar;
  table->idct2 = ck_idct2_scalar;
  table->ycc_rgbx = ck_ycc_rgbx_scalar;
}
