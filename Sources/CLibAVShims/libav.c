#include <errno.h>
#include <libavutil/error.h>

#include "CLibAVShims.h"

int cm_av_error_again(void) { return AVERROR(EAGAIN); }
int cm_av_error_end(void) { return AVERROR_EOF; }
int cm_av_error_no_memory(void) { return AVERROR(ENOMEM); }
