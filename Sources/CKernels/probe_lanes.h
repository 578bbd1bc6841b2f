// The visit of a multi-index's buckets, for the level whose NAME(scan_bucket) appends a bucket's places.
static size_t NAME(probe_band)(const ck_probe *probes, size_t probe_count, const ck_band *band, const uint16_t *masks,
                               size_t mask_count, uint32_t bound, int is_large, ck_candidate *candidates,
                               size_t capacity) {
  ck_found found = {candidates, 0, capacity};
  for (size_t p = 0; p < probe_count; p++) {
    // In a large index the buckets come from far: they are asked for some queries ahead.
    if (is_large && p + CK_BATCH_AHEAD < probe_count)
      for (size_t m = 0; m < mask_count; m++)
        ck_open(band, probes[p + CK_BATCH_AHEAD].bucket ^ masks[m], CK_OPENED_IN_BATCH);
    const ck_probe probe = probes[p];
    for (size_t m = 0; m < mask_count; m++) {
      const uint32_t at = probe.bucket ^ masks[m];
      const ck_bucket bucket = {band->starts[at], band->starts[at + 1]};
      NAME(scan_bucket)(band, bucket, probe.next, bound - (uint32_t)__builtin_popcount(masks[m]), probe.query, &found);
    }
  }
  return found.count;
}

static size_t NAME(visit_band)(const ck_visit *visits, size_t visit_count, const ck_band *band,
                               ck_candidate *candidates, size_t capacity) {
  ck_found found = {candidates, 0, capacity};
  for (size_t v = 0; v < visit_count; v++) {
    const ck_visit visit = visits[v];
    const ck_bucket bucket = {band->starts[visit.bucket], band->starts[visit.bucket + 1]};
    NAME(scan_bucket)(band, bucket, visit.next, visit.room, visit.query, &found);
  }
  return found.count;
}

static size_t NAME(look_up)(const uint64_t *code, const ck_band *bands, const ck_plan *plan, const uint16_t *masks,
                            int is_large, ck_candidate *candidates, size_t capacity) {
  ck_found found = {candidates, 0, capacity};
  if (!is_large) {
    for (uint32_t b = 0; b < CK_BANDS; b++) {
      const uint16_t value = ck_value(code, b) >> plan->shift, next = ck_value(code, (b + 1) % CK_BANDS);
      const ck_band band = bands[b];
      for (uint32_t m = 0; m < plan->mask_counts[b]; m++) {
        const uint32_t at = value ^ masks[m];
        const ck_bucket bucket = {band.starts[at], band.starts[at + 1]};
        NAME(scan_bucket)(&band, bucket, next, plan->bounds[b] - (uint32_t)__builtin_popcount(masks[m]), b, &found);
      }
    }
    return found.count;
  }
  ck_bucket buckets[CK_PROBE_AHEAD + 1][CK_MAX_MASKS];
  for (uint32_t b = 0; b < CK_BANDS; b++)
    for (uint32_t m = 0; m < plan->mask_counts[b]; m++)
      CK_FETCH(bands[b].starts + ((ck_value(code, b) >> plan->shift) ^ masks[m]));
  for (uint32_t ahead = 0; ahead < CK_BANDS + CK_PROBE_AHEAD; ahead++) {
    if (ahead < CK_BANDS) {
      const uint32_t value = ck_value(code, ahead) >> plan->shift;
      ck_bucket *const opened = buckets[ahead % (CK_PROBE_AHEAD + 1)];
      for (uint32_t m = 0; m < plan->mask_counts[ahead]; m++)
        opened[m] = ck_open(&bands[ahead], value ^ masks[m], CK_OPENED_ALONE);
    }
    if (ahead < CK_PROBE_AHEAD) continue;
    const uint32_t b = ahead - CK_PROBE_AHEAD;
    const ck_bucket *const opened = buckets[b % (CK_PROBE_AHEAD + 1)];
    const uint16_t next = ck_value(code, (b + 1) % CK_BANDS);
    const size_t before = found.count;
    for (uint32_t m = 0; m < plan->mask_counts[b]; m++) NAME(scan_bucket)
    (&bands[b], opened[m], next, plan->bounds[b] - (uint32_t)__builtin_popcount(masks[m]), b, &found);
    for (size_t i = before; i < found.count && i < capacity; i++) CK_FETCH(bands[b].rows + candidates[i].position);
  }
  return found.count;
}

static size_t NAME(verify)(const ck_candidate *candidates, size_t count, const ck_band *bands, int band,
                           const uint64_t *codes, const uint64_t *queries, const ck_plan *plan, ck_hit *hits,
                           size_t capacity) {
  size_t found = 0;
  uint32_t rows[CK_VERIFY_GROUP];
  for (size_t first = 0; first < count; first += CK_VERIFY_GROUP) {
    const size_t group = count - first < CK_VERIFY_GROUP ? count - first : CK_VERIFY_GROUP;
    for (size_t i = 0; i < group; i++) {
      const ck_candidate c = candidates[first + i];
      rows[i] = bands[band < 0 ? c.query : (uint32_t)band].rows[c.position];
      CK_FETCH(codes + 4 * (size_t)rows[i]);
      if (first + group + i < count) {
        const ck_candidate later = candidates[first + group + i];
        CK_FETCH(bands[band < 0 ? later.query : (uint32_t)band].rows + later.position);
      }
    }
    for (size_t i = 0; i < group; i++) {
      const uint32_t from = candidates[first + i].query;
      const uint64_t *const code = codes + 4 * (size_t)rows[i];
      const uint64_t *const query = band < 0 ? queries : queries + 4 * (size_t)from;
      const uint32_t distance = ck_distance256(code, query);
      // Several bands lead to a match: the first of them reports it.
      if (distance <= plan->radius && ck_is_first(plan, band < 0 ? from : (uint32_t)band, code, query))
        found = ck_emit(hits, capacity, found, band < 0 ? 0 : from, rows[i], distance);
    }
  }
  return found;
}

static void NAME(fill_probe)(ck_kernels *table) {
  table->probe_band = NAME(probe_band);
  table->visit_band = NAME(visit_band);
  table->look_up = NAME(look_up);
  table->verify = NAME(verify);
}
