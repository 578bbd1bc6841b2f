#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CMediaShims.h"

struct cm_png {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, offset;
  cm_error *error;   // where a failing call writes; valid only during a call
  cm_status status;  // what the failing call returns
  cm_limits limits;
  int damaged;
  cm_error damage;
};

static _Noreturn void on_error(png_structp p, png_const_charp text) {
  cm_png *png = png_get_error_ptr(p);
  snprintf(png->error->message, CM_MESSAGE_MAX, "%s", text);
  if (png->status == CM_OK) png->status = strstr(text, "emory") ? CM_NO_MEMORY : CM_CORRUPT;
  png_longjmp(p, 1);
}

// Only pixels matter: what is wrong with other chunks is not damage.
static void on_warning(png_structp p, png_const_charp text) {
  cm_png *png = png_get_error_ptr(p);
  if (png->damaged || (strncmp(text, "IDAT", 4) && strncmp(text, "PLTE", 4))) return;
  png->damaged = 1;
  snprintf(png->damage.message, CM_MESSAGE_MAX, "%s", text);
}

static void on_read(png_structp p, png_bytep into, size_t count) {
  cm_png *png = png_get_io_ptr(p);
  if (count > png->count - png->offset) {
    png->status = CM_TRUNCATED;
    png_error(p, "the file ends too early");
  }
  memcpy(into, png->bytes + png->offset, count);
  png->offset += count;
}

// The frames that an animation's control chunk states, and the still picture where it is not one of
// them. libpng knows nothing of such chunks and keeps them for us; these come before the pixels.
static uint32_t frame_count(png_structp p, png_infop info) {
  png_unknown_chunkp chunks = NULL;
  const int count = png_get_unknown_chunks(p, info, &chunks);
  uint32_t frames = 0;
  int has_own_control = 0;
  for (int i = 0; i < count; i++) {
    if (!memcmp(chunks[i].name, "acTL", 4) && chunks[i].size >= 4) frames = png_get_uint_32(chunks[i].data);
    if (!memcmp(chunks[i].name, "fcTL", 4)) has_own_control = 1;
  }
  return frames == 0 ? 1 : has_own_control ? frames : frames + 1;
}

static void check_time(cm_png *png) {
  if (cm_cpu_time() <= png->limits.cpu_deadline) return;
  png->status = CM_LIMIT;
  png_error(png->png, "out of time");
}

cm_status cm_png_open(const uint8_t *bytes, size_t count, const cm_limits *limits, cm_png **out, cm_png_info *info,
                      cm_error *error) {
  *out = NULL;
  cm_png *png = calloc(1, sizeof *png);
  if (!png) return CM_NO_MEMORY;
  png->error = error;
  png->bytes = bytes;
  png->count = count;
  png->limits = *limits;
  png->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, png, on_error, on_warning);
  png->info = png->png ? png_create_info_struct(png->png) : NULL;
  if (!png->info) {
    cm_png_close(png);
    return CM_NO_MEMORY;
  }
  // `png` is not changed after setjmp, so it is defined after longjmp.
  if (setjmp(png_jmpbuf(png->png))) {
    const cm_status status = png->status;
    cm_png_close(png);
    return status;
  }
  png_structp p = png->png;
  png_set_read_fn(p, png, on_read);
  png_set_user_limits(p, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller checks the size
  png_set_chunk_malloc_max(p, 8u << 20);
  png_set_chunk_cache_max(p, 64);
  png_set_crc_action(p, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
  // Profiles and texts are not looked at: they are where the zip bombs sit.
  static const png_byte ignored[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT\0hIST";
  png_set_keep_unknown_chunks(p, PNG_HANDLE_CHUNK_NEVER, ignored, sizeof ignored / 5);
  static const png_byte animation[] = "acTL\0fcTL";
  png_set_keep_unknown_chunks(p, PNG_HANDLE_CHUNK_ALWAYS, animation, 2);
  png_read_info(p, png->info);

  const png_byte type = png_get_color_type(p, png->info);
  *info = (cm_png_info){
      .width = png_get_image_width(p, png->info),
      .height = png_get_image_height(p, png->info),
      .channels = type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3,
      .passes = png_get_interlace_type(p, png->info) == PNG_INTERLACE_NONE ? 1 : 7,
      .frames = frame_count(p, png->info),
      .is_plain = png_get_bit_depth(p, png->info) == 8 && type != PNG_COLOR_TYPE_PALETTE &&
                  png_get_interlace_type(p, png->info) == PNG_INTERLACE_NONE,
      .stored_channels = png_get_channels(p, png->info),
  };
  png_bytep exif = NULL;
  png_uint_32 exif_count = 0;
  if (png_get_eXIf_1(p, png->info, &exif_count, &exif)) info->orientation = cm_exif_orientation(exif, exif_count);
  *out = png;
  return CM_OK;
}

cm_status cm_png_start(cm_png *png, cm_error *error) {
  png->error = error;
  if (setjmp(png_jmpbuf(png->png))) return png->status;
  png_structp p = png->png;
  png_set_palette_to_rgb(p);
  png_set_expand_gray_1_2_4_to_8(p);
  png_set_scale_16(p);
  png_set_strip_alpha(p);
  // What libpng asks for beyond the end of a file that is cut off is lost: ask for little at a time.
  png_set_compression_buffer_size(p, 512);
  png_set_interlace_handling(p);
  png_read_update_info(p, png->info);
  const png_byte type = png_get_color_type(p, png->info);
  const size_t channels = type == PNG_COLOR_TYPE_GRAY ? 1 : 3;
  if (png_get_rowbytes(p, png->info) != png_get_image_width(p, png->info) * channels)
    png_error(p, "rows of an unexpected size");
  return CM_OK;
}

cm_status cm_png_read(cm_png *png, uint8_t *rows, size_t stride, uint32_t count, uint32_t *got, cm_error *error) {
  png->error = error;
  *got = 0;
  if (setjmp(png_jmpbuf(png->png))) return png->status;
  check_time(png);
  for (; *got < count; ++*got) png_read_row(png->png, rows + stride * *got, NULL);
  return CM_OK;
}

cm_status cm_png_read_all(cm_png *png, uint8_t *rows, size_t stride, uint32_t *got, cm_error *error) {
  png->error = error;
  *got = 0;
  if (setjmp(png_jmpbuf(png->png))) return png->status;
  const png_uint_32 height = png_get_image_height(png->png, png->info);
  for (int pass = 0; pass < 7; pass++)
    for (png_uint_32 y = 0; y < height; y++) {
      if (y % 64 == 0) check_time(png);
      png_read_row(png->png, NULL, rows + stride * y);  // "display" row: each pixel fills its block
      ++*got;
    }
  return CM_OK;
}

int cm_png_damage(const cm_png *png, cm_error *error) {
  if (png->damaged) *error = png->damage;
  return png->damaged;
}

void cm_png_close(cm_png *png) {
  if (!png) return;
  if (png->png) png_destroy_read_struct(&png->png, png->info ? &png->info : NULL, NULL);
  free(png);
}
