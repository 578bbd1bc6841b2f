// Internal to CKernels: how a level fills its part of the table.
#pragma once
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

// Every level starts from the portable table and replaces what it does better.
void ck_fill_portable(ck_kernels *table);
#if defined(__x86_64__)
void ck_fill_popcnt(ck_kernels *table);
void ck_fill_avx2(ck_kernels *table);
void ck_fill_avx512(ck_kernels *table);
#elif defined(__aarch64__)
void ck_fill_neon(ck_kernels *table);
#endif
