#define _POSIX_C_SOURCE 199309L
#include <time.h>

#include "CMediaShims.h"

uint64_t cm_cpu_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
