/// The macros of libav that Swift can't see.
#pragma once

int cm_av_error_again(void);
int cm_av_error_end(void);
int cm_av_error_no_memory(void);
