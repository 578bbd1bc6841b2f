#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

static const char *const names[] = {"portable", "popcnt", "avx2", "avx512", "neon"};
#define LEVEL_COUNT (sizeof names / sizeof *names)

static ck_kernels tables[LEVEL_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

int ck_has_level(ck_level level) {
  switch (level) {
    case CK_PORTABLE: return 1;
#if defined(__x86_64__)
    case CK_POPCNT: __builtin_cpu_init(); return __builtin_cpu_supports("popcnt") != 0;
    case CK_AVX2:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("popcnt");
    case CK_AVX512:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("popcnt");
    case CK_NEON: return 0;
#elif defined(__aarch64__)
    case CK_NEON: return 1;
    default: return 0;
#else
    default: return 0;
#endif
  }
  return 0;
}

ck_level ck_best_level(void) {
  for (int level = LEVEL_COUNT - 1; level > 0; level--)
    if (ck_has_level((ck_level)level)) return (ck_level)level;
  return CK_PORTABLE;
}

const char *ck_level_name(ck_level level) { return (size_t)level < LEVEL_COUNT ? names[level] : "unknown"; }

int ck_requested_level(ck_level *level) {
  const char *wanted = getenv("ANSIM_KERNEL_LEVEL");
  if (!wanted || !*wanted) {
    *level = ck_best_level();
    return 0;
  }
  for (size_t i = 0; i < LEVEL_COUNT; i++)
    if (!strcmp(wanted, names[i]) && ck_has_level((ck_level)i)) {
      *level = (ck_level)i;
      return 0;
    }
  return -1;
}

static void fill(void) {
  for (size_t i = 0; i < LEVEL_COUNT; i++) ck_fill_portable(&tables[i]);
#if defined(__x86_64__)
  for (size_t i = CK_POPCNT; i <= CK_AVX512; i++) ck_fill_popcnt(&tables[i]);
  for (size_t i = CK_AVX2; i <= CK_AVX512; i++) ck_fill_avx2(&tables[i]);
  ck_fill_avx512(&tables[CK_AVX512]);
#elif defined(__aarch64__)
  ck_fill_neon(&tables[CK_NEON]);
#endif
}

const ck_kernels *ck_kernels_for(ck_level level) {
  pthread_once(&once, fill);
  return &tables[level];
}

const ck_kernels *ck_active_kernels(void) {
  ck_level level;
  if (ck_requested_level(&level)) level = ck_best_level();
  return ck_kernels_for(level);
}
