#include <string.h>

#include "CMediaShims.h"

static uint32_t read16(const uint8_t *p, int big) {
  return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}
static uint32_t read32(const uint8_t *p, int big) {
  return big ? read16(p, 1) << 16 | read16(p + 2, 1) : read16(p + 2, 0) << 16 | read16(p, 0);
}

uint32_t cm_exif_orientation(const uint8_t *tiff, size_t count) {
  if (count < 8) return 0;
  const int big = !memcmp(tiff, "MM\0*", 4);
  if (!big && memcmp(tiff, "II*\0", 4)) return 0;
  const size_t directory = read32(tiff + 4, big);
  if (directory > count || count - directory < 2) return 0;
  const size_t entries = read16(tiff + directory, big);
  for (size_t i = 0; i < entries; i++) {
    const size_t at = directory + 2 + 12 * i;
    if (at > count || count - at < 12) return 0;
    if (read16(tiff + at, big) != 0x0112) continue;
    const uint32_t value = read16(tiff + at + 8, big);
    return value >= 1 && value <= 8 ? value : 0;
  }
  return 0;
}
