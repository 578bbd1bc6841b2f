/// zlib and gzip streams and CRC-32 through Intel's ISA-L, which is over twice as fast as zlib and as careful.
/// Where it is not built with ISA-L nothing can be opened, and the caller has to do without.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct ci_stream ci_stream;

typedef enum __attribute__((enum_extensibility(closed))) ci_status {
  CI_MORE,    // all input was taken, or all room for output used
  CI_END,     // the stream ended, and its checksum fits
  CI_BROKEN,  // not a valid stream from here on
} ci_status;

/// A stream at its beginning; NULL where there is no ISA-L, or no memory.
ci_stream *ci_open(void);
/// The same of a gzip stream with its header.
ci_stream *ci_open_gzip(void);
/// Back at the beginning, for another stream of the same kind.
void ci_restart(ci_stream *stream);
/// Takes `*in_count` bytes and makes up to `*out_count`; both then say how many.
ci_status ci_run(ci_stream *stream, const uint8_t *in, uint32_t *in_count, uint8_t *out, uint32_t *out_count);
void ci_close(ci_stream *stream);

/// The CRC-32 of PNG and gzip of `count` bytes that follow bytes with the CRC `start` (0 for none).
uint32_t ci_crc32(uint32_t start, const uint8_t *bytes, size_t count);
