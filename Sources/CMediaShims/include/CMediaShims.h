/// C boundary around libjpeg and libpng, which report errors by longjmp.
///
/// Rules: none of the libraries' types crosses this header; nothing here longjmps
/// out; every function returns a cm_status and, unless it is CM_OK, fills `cm_error`.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define CM_MESSAGE_MAX 200

typedef enum __attribute__((enum_extensibility(closed))) cm_status {
  CM_OK = 0,
  CM_CORRUPT,      // not a valid stream of this format, or damaged from here on
  CM_TRUNCATED,    // the bytes end too early
  CM_UNSUPPORTED,  // valid, but a variant that the library does not decode
  CM_LIMIT,        // over a limit of the caller
  CM_NO_MEMORY,
} cm_status;

typedef struct cm_error {
  char message[CM_MESSAGE_MAX];  // NUL-terminated
} cm_error;

typedef struct cm_limits {
  uint64_t memory;        // bytes that the library may allocate for one picture
  uint64_t cpu_deadline;  // CLOCK_PROCESS_CPUTIME_ID in ns after which decoding gives up
  uint32_t jpeg_scans;    // scans of a progressive file
} cm_limits;

/// CPU time of this process, in ns.
uint64_t cm_cpu_time(void);

// -- JPEG ------------------------------------------------------------------

typedef struct cm_jpeg cm_jpeg;

typedef struct cm_jpeg_info {
  uint32_t width, height;  // pixels, 1...65500
  uint32_t channels;       // of the rows: 1 gray, 3 RGB, 4 CMYK as stored (Adobe: inverted)
  uint32_t orientation;    // Exif, 1...8; 0 unknown
  int has_luma;            // whether rows can be had in gray without work for colour
  int is_progressive;
} cm_jpeg_info;

/// Reads the header. `bytes` must outlive the handle; `*out` is NULL on failure.
cm_status cm_jpeg_open(const uint8_t *bytes, size_t count, const cm_limits *limits, cm_jpeg **out, cm_jpeg_info *info,
                       cm_error *error);
/// Which form the rows have.
typedef struct cm_jpeg_rows {
  int luma;              // 1 channel, from a file that has luma; else as `info.channels` says
  uint32_t reduction;    // 1, 2, 4, 8: each pixel stands for so many across and down, sizes rounded up
  uint32_t frequencies;  // of 64: a progressive file is read until so many of luma's lowest have come
} cm_jpeg_rows;

/// Allocates and, in a progressive file, reads the scans.
cm_status cm_jpeg_start(cm_jpeg *jpeg, const cm_jpeg_rows *rows, cm_error *error);
/// Reads up to `count` rows, `stride` bytes apart; `*got` says how many, 0 after the last.
cm_status cm_jpeg_read(cm_jpeg *jpeg, uint8_t *rows, size_t stride, uint32_t count, uint32_t *got, cm_error *error);
typedef struct cm_jpeg_component {
  const uint16_t *quantisers;                   // 64, row-major
  const uint8_t *mean_counts, *mean_symbols;    // Huffman codes of first coefficients: 17 by length, 256
  const uint8_t *other_counts, *other_symbols;  // of the others
} cm_jpeg_component;

/// A picture that is one baseline scan of luma, or of luma and two chromas in this order. Pointers are good until the
/// start.
typedef struct cm_jpeg_scan {
  uint32_t component_count;   // 1, 3
  uint32_t across, down;      // samples of luma to one of chroma; 1 where there is no chroma
  uint32_t restart_interval;  // MCUs, 0 for none
  size_t offset;              // of the data, from the start of the bytes
  cm_jpeg_component components[3];
} cm_jpeg_scan;

/// 1 if the file is of that kind, as far as the header tells, and the header undamaged. Before the start.
int cm_jpeg_baseline_scan(const cm_jpeg *jpeg, cm_jpeg_scan *scan);

/// libjpeg paints over damage and goes on; this says what it saw first.
/// 0 undamaged, 1 damaged, 2 the data end before the first row of blocks; the words are in `error`.
int cm_jpeg_damage(const cm_jpeg *jpeg, cm_error *error);
void cm_jpeg_close(cm_jpeg *jpeg);

// -- PNG -------------------------------------------------------------------

typedef struct cm_png cm_png;

typedef struct cm_png_info {
  uint32_t width, height;    // pixels
  uint32_t channels;         // of the rows: 1 gray, 3 RGB; 8 bits each, alpha dropped
  uint32_t passes;           // 1, or 7 when interlaced
  uint32_t frames;           // as an animated PNG states them; else 1
  uint32_t orientation;      // Exif, 1...8; 0 unknown
  int is_plain;              // 8 bits a sample, one pass, no palette
  uint32_t stored_channels;  // of the file, alpha counted
} cm_png_info;

/// Reads the header. `bytes` must outlive the handle; `*out` is NULL on failure.
cm_status cm_png_open(const uint8_t *bytes, size_t count, const cm_limits *limits, cm_png **out, cm_png_info *info,
                      cm_error *error);
/// Allocates rows: to be called when the size is acceptable.
cm_status cm_png_start(cm_png *png, cm_error *error);
/// Reads up to `count` rows of a picture with one pass, `stride` bytes apart; `*got` rows are good.
cm_status cm_png_read(cm_png *png, uint8_t *rows, size_t stride, uint32_t count, uint32_t *got, cm_error *error);
/// Reads an interlaced picture whole: `height` rows, `stride` bytes apart. On an error what was
/// read stays, spread over the pixels that are missing; `*got` rows of all passes were.
cm_status cm_png_read_all(cm_png *png, uint8_t *rows, size_t stride, uint32_t *got, cm_error *error);
/// As cm_jpeg_damage: a checksum that does not fit is passed over and told here.
int cm_png_damage(const cm_png *png, cm_error *error);
void cm_png_close(cm_png *png);

// -- Exif ------------------------------------------------------------------

/// The orientation tag, 1...8, of an Exif block that starts with its TIFF header; 0 if none.
uint32_t cm_exif_orientation(const uint8_t *tiff, size_t count);
