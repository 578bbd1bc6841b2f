#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

#include "CMediaShims.h"

struct cm_jpeg {
  struct jpeg_decompress_struct d;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  cm_error *error;   // where a failing call writes; valid only during a call
  cm_status status;  // what the failing call returns
  cm_limits limits;
  uint32_t progress_calls;
  int damaged;
  cm_error damage;
  const uint8_t *bytes;
};

static cm_jpeg *owner(j_common_ptr common) { return (cm_jpeg *)((char *)common - offsetof(cm_jpeg, d)); }

static _Noreturn void fail(cm_jpeg *jpeg, cm_status status) {
  jpeg->status = status;
  longjmp(jpeg->jump, 1);
}

static _Noreturn void on_error(j_common_ptr common) {
  cm_jpeg *jpeg = owner(common);
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  snprintf(jpeg->error->message, CM_MESSAGE_MAX, "%s", text);
  switch (common->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: fail(jpeg, CM_NO_MEMORY);
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL: fail(jpeg, CM_UNSUPPORTED);
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY: fail(jpeg, CM_TRUNCATED);
    default: fail(jpeg, CM_CORRUPT);
  }
}

// Level -1 is a warning; the others would only chat on standard error.
static void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  common->err->num_warnings++;
  switch (common->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
    case JWRN_ARITH_BAD_CODE: break;
    default: return;  // odd, but no pixel is lost
  }
  cm_jpeg *jpeg = owner(common);
  if (jpeg->damaged) return;
  // Data that end in the first row of blocks leave nothing of the picture; other damage may leave all of it.
  const int is_empty =
      common->err->msg_code == JWRN_JPEG_EOF && jpeg->d.input_iMCU_row == 0 && jpeg->d.input_scan_number <= 1;
  jpeg->damaged = is_empty ? 2 : 1;
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  if (jpeg->d.progressive_mode)
    snprintf(jpeg->damage.message, CM_MESSAGE_MAX, "%s (scan %d)", text, jpeg->d.input_scan_number);
  else
    snprintf(jpeg->damage.message, CM_MESSAGE_MAX, "%s (row %u of %u)", text,
             jpeg->d.input_iMCU_row * (unsigned)jpeg->d.max_v_samp_factor * DCTSIZE, jpeg->d.image_height);
}

// Called by the library for every row of blocks: the only place to stop a file
// whose little data asks for much work.
static void on_progress(j_common_ptr common) {
  cm_jpeg *jpeg = owner(common);
  if ((uint32_t)jpeg->d.input_scan_number > jpeg->limits.jpeg_scans) {
    snprintf(jpeg->error->message, CM_MESSAGE_MAX, "more than %u scans", jpeg->limits.jpeg_scans);
    fail(jpeg, CM_LIMIT);
  }
  // Asking for the time is a call into the kernel: not for every row of blocks, of which the widest takes 5 ms.
  if (++jpeg->progress_calls % 32 == 0 && cm_cpu_time() > jpeg->limits.cpu_deadline) {
    snprintf(jpeg->error->message, CM_MESSAGE_MAX, "out of time");
    fail(jpeg, CM_LIMIT);
  }
}

static uint32_t orientation_of(const struct jpeg_decompress_struct *d) {
  for (jpeg_saved_marker_ptr marker = d->marker_list; marker; marker = marker->next)
    if (marker->marker == JPEG_APP0 + 1 && marker->data_length > 6 && !memcmp(marker->data, "Exif\0", 6)) {
      const uint32_t value = cm_exif_orientation(marker->data + 6, marker->data_length - 6);
      if (value) return value;
    }
  return 0;
}

cm_status cm_jpeg_open(const uint8_t *bytes, size_t count, const cm_limits *limits, cm_jpeg **out, cm_jpeg_info *info,
                       cm_error *error) {
  *out = NULL;
  cm_jpeg *jpeg = calloc(1, sizeof *jpeg);
  if (!jpeg) return CM_NO_MEMORY;
  jpeg->error = error;
  jpeg->limits = *limits;
  jpeg->bytes = bytes;
  jpeg->d.err = jpeg_std_error(&jpeg->errors);
  jpeg->errors.error_exit = on_error;
  jpeg->errors.emit_message = on_message;
  // `jpeg` is not changed after setjmp, so it is defined after longjmp.
  if (setjmp(jpeg->jump)) {
    const cm_status status = jpeg->status;
    cm_jpeg_close(jpeg);
    return status;
  }
  jpeg_create_decompress(&jpeg->d);
  jpeg->d.mem->max_memory_to_use = limits->memory > LONG_MAX ? LONG_MAX : (long)limits->memory;
  jpeg->progress.progress_monitor = on_progress;
  jpeg->d.progress = &jpeg->progress;
  jpeg_save_markers(&jpeg->d, JPEG_APP0 + 1, 0xffff);
  jpeg_mem_src(&jpeg->d, bytes, count);
  jpeg_read_header(&jpeg->d, TRUE);
  switch (jpeg->d.jpeg_color_space) {
    case JCS_GRAYSCALE: jpeg->d.out_color_space = JCS_GRAYSCALE; break;
    case JCS_YCbCr:
    case JCS_RGB: jpeg->d.out_color_space = JCS_RGB; break;
    case JCS_CMYK:
    case JCS_YCCK: jpeg->d.out_color_space = JCS_CMYK; break;
    default:
      snprintf(error->message, CM_MESSAGE_MAX, "%d colour components", jpeg->d.num_components);
      cm_jpeg_close(jpeg);
      return CM_UNSUPPORTED;
  }
  *info = (cm_jpeg_info){
      .width = jpeg->d.image_width,
      .height = jpeg->d.image_height,
      .channels = jpeg->d.out_color_space == JCS_GRAYSCALE ? 1
                  : jpeg->d.out_color_space == JCS_RGB     ? 3
                                                           : 4,
      .orientation = orientation_of(&jpeg->d),
      .has_luma = jpeg->d.jpeg_color_space == JCS_YCbCr || jpeg->d.jpeg_color_space == JCS_GRAYSCALE,
      .is_progressive = jpeg->d.progressive_mode,
  };
  *out = jpeg;
  return CM_OK;
}

// Whether a coefficient of luma has come to the precision at which encoders first send it: all but the last bit of a
// mean, all but the last two of the others. A file may send them bit by bit.
static int is_known(const int bits[DCTSIZE2], uint32_t coefficient) {
  return bits[coefficient] >= 0 && bits[coefficient] <= (coefficient == 0 ? 1 : 2);
}

// Reads scans until luma has its lowest frequencies, in zigzag order.
static void read_scans(cm_jpeg *jpeg, uint32_t frequencies) {
  const int(*bits)[DCTSIZE2] = jpeg->d.coef_bits;
  for (;;) {
    const int got = jpeg_consume_input(&jpeg->d);
    if (got == JPEG_REACHED_EOI || got == JPEG_SUSPENDED) return;
    on_progress((j_common_ptr)&jpeg->d);
    if (got != JPEG_SCAN_COMPLETED) continue;
    uint32_t known = 0;
    while (known < frequencies && is_known(bits[0], known)) known++;
    if (known == frequencies) return;
  }
}

cm_status cm_jpeg_start(cm_jpeg *jpeg, const cm_jpeg_rows *rows, cm_error *error) {
  jpeg->error = error;
  if (setjmp(jpeg->jump)) return jpeg->status;
  const int is_partial = jpeg->d.progressive_mode && rows->frequencies < DCTSIZE2;
  if (rows->luma) jpeg->d.out_color_space = JCS_GRAYSCALE;
  jpeg->d.scale_num = 1;
  jpeg->d.scale_denom = rows->reduction;
  // The reference decodes with exactly these (they are the defaults, but the hash depends on them).
  jpeg->d.dct_method = JDCT_ISLOW;
  jpeg->d.do_fancy_upsampling = TRUE;
  jpeg->d.do_block_smoothing = !is_partial;
  jpeg->d.buffered_image = is_partial;
  jpeg_start_decompress(&jpeg->d);
  if (is_partial) {
    read_scans(jpeg, rows->frequencies);
    jpeg_start_output(&jpeg->d, jpeg->d.input_scan_number);
  }
  return CM_OK;
}

cm_status cm_jpeg_read(cm_jpeg *jpeg, uint8_t *rows, size_t stride, uint32_t count, uint32_t *got, cm_error *error) {
  jpeg->error = error;
  *got = 0;
  if (setjmp(jpeg->jump)) return jpeg->status;
  while (*got < count && jpeg->d.output_scanline < jpeg->d.output_height) {
    JSAMPROW row = rows + stride * *got;
    *got += jpeg_read_scanlines(&jpeg->d, &row, 1);
  }
  return CM_OK;
}

int cm_jpeg_baseline_scan(const cm_jpeg *jpeg, cm_jpeg_scan *scan) {
  const struct jpeg_decompress_struct *d = &jpeg->d;
  const int count = d->num_components;
  if (jpeg->damaged || d->progressive_mode || d->arith_code || d->data_precision != 8) return 0;
  if (d->comps_in_scan != count || d->Ss != 0 || d->Se != DCTSIZE2 - 1 || d->Ah != 0 || d->Al != 0) return 0;
  if (!(count == 1 && d->jpeg_color_space == JCS_GRAYSCALE) && !(count == 3 && d->jpeg_color_space == JCS_YCbCr))
    return 0;
  *scan = (cm_jpeg_scan){
      .component_count = (uint32_t)count,
      // A single component has MCUs of one block, whatever it states.
      .across = count == 1 ? 1 : (uint32_t)d->comp_info[0].h_samp_factor,
      .down = count == 1 ? 1 : (uint32_t)d->comp_info[0].v_samp_factor,
      .restart_interval = d->restart_interval,
      .offset = (size_t)(d->src->next_input_byte - jpeg->bytes),
  };
  if (scan->across > 2 || scan->down > 2) return 0;
  for (int i = 0; i < count; i++) {
    const jpeg_component_info *info = &d->comp_info[i];
    if (d->cur_comp_info[i] != info) return 0;
    if (i > 0 && (info->h_samp_factor != 1 || info->v_samp_factor != 1)) return 0;
    if ((unsigned)info->quant_tbl_no >= NUM_QUANT_TBLS || (unsigned)info->dc_tbl_no >= NUM_HUFF_TBLS ||
        (unsigned)info->ac_tbl_no >= NUM_HUFF_TBLS)
      return 0;
    const JQUANT_TBL *quantisers = d->quant_tbl_ptrs[info->quant_tbl_no];
    const JHUFF_TBL *means = d->dc_huff_tbl_ptrs[info->dc_tbl_no], *others = d->ac_huff_tbl_ptrs[info->ac_tbl_no];
    if (!quantisers || !means || !others) return 0;
    scan->components[i] = (cm_jpeg_component){.quantisers = quantisers->quantval,
                                              .mean_counts = means->bits,
                                              .mean_symbols = means->huffval,
                                              .other_counts = others->bits,
                                              .other_symbols = others->huffval};
  }
  return 1;
}

int cm_jpeg_damage(const cm_jpeg *jpeg, cm_error *error) {
  if (jpeg->damaged) *error = jpeg->damage;
  return jpeg->damaged;
}

void cm_jpeg_close(cm_jpeg *jpeg) {
  if (!jpeg) return;
  jpeg_destroy_decompress(&jpeg->d);
  free(jpeg);
}
