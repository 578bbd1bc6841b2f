#include "CInflate.h"

#ifdef ANSIM_ISAL
#include <stdlib.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

struct ci_stream {
  struct inflate_state state;
};

static ci_stream *open_as(uint32_t format) {
  ci_stream *stream = malloc(sizeof *stream);
  if (!stream) return NULL;
  isal_inflate_init(&stream->state);
  stream->state.crc_flag = format;
  return stream;
}

ci_stream *ci_open(void) { return open_as(ISAL_ZLIB); }
ci_stream *ci_open_gzip(void) { return open_as(ISAL_GZIP); }

void ci_restart(ci_stream *stream) {
  const uint32_t format = stream->state.crc_flag;
  isal_inflate_reset(&stream->state);
  stream->state.crc_flag = format;
}

ci_status ci_run(ci_stream *stream, const uint8_t *in, uint32_t *in_count, uint8_t *out, uint32_t *out_count) {
  struct inflate_state *state = &stream->state;
  state->next_in = (uint8_t *)in;
  state->avail_in = *in_count;
  state->next_out = out;
  state->avail_out = *out_count;
  const int result = isal_inflate(state);
  // Of broken data it may give back more than it was given.
  if (state->avail_in > *in_count || state->avail_out > *out_count) {
    *in_count = *out_count = 0;
    return CI_BROKEN;
  }
  *in_count -= state->avail_in;
  *out_count -= state->avail_out;
  if (result != ISAL_DECOMP_OK) return CI_BROKEN;
  return state->block_state == ISAL_BLOCK_FINISH ? CI_END : CI_MORE;
}

void ci_close(ci_stream *stream) { free(stream); }

uint32_t ci_crc32(uint32_t start, const uint8_t *bytes, size_t count) { return crc32_gzip_refl(start, bytes, count); }

#else
ci_stream *ci_open(void) { return NULL; }
ci_stream *ci_open_gzip(void) { return NULL; }
void ci_restart(ci_stream *stream) { (void)stream; }

ci_status ci_run(ci_stream *stream, const uint8_t *in, uint32_t *in_count, uint8_t *out, uint32_t *out_count) {
  (void)stream, (void)in, (void)out;
  *in_count = *out_count = 0;
  return CI_BROKEN;
}

void ci_close(ci_stream *stream) { (void)stream; }

uint32_t ci_crc32(uint32_t start, const uint8_t *bytes, size_t count) {
  (void)bytes, (void)count;
  return start;
}
#endif
