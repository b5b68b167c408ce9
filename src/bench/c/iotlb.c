/* Twin of the IOTLB: 256 sets of 4 ways, tags of page, size, domain and PASID, three sizes probed. */
#include "twin.h"

struct entry {
  uint32_t tag_lo, tag_hi, data, output;
};

static struct entry cache[256 * 4];

static inline int probe(uint64_t unit, uint32_t tag, uint32_t pasid, uint32_t need) {
  uint32_t lo = (uint32_t)(unit >> 8), hi = tag | (uint32_t)(unit >> 40);
  for (int at = (int)(unit & 255) * 4, end = at + 4; at < end; at++)
    if (cache[at].tag_lo == lo && cache[at].tag_hi == hi && (cache[at].data & 0x1fffff) == pasid &&
        ((cache[at].data >> 21) & need) == need)
      return at;
  return -1;
}

__attribute__((noinline)) static int lookup(uint32_t domain, uint32_t pasid, uint64_t page, uint32_t need) {
  uint32_t tag = domain << 16 | 1 << 14;
  int at = probe(page, tag, pasid, need);
  if (at < 0) at = probe(page >> 9, tag | 1 << 12, pasid, need);
  return at < 0 ? probe(page >> 18, tag | 2 << 12, pasid, need) : at;
}

#define QUERIES (1 << 20)

void iotlb_main(void) {
  for (uint32_t page = 0; page < 512; page++) {
    struct entry *set = &cache[(page & 255) * 4];
    while (set->tag_hi) set++;
    *set = (struct entry){page >> 8, 5u << 16 | 1 << 14, 3u << 21, page + 0x100000};
  }
  uint32_t state = 1, *page = malloc(QUERIES * sizeof *page);
  for (int k = 0; k < QUERIES; k++) page[k] = roll(&state) >> 4 & 511;
  double best = 1e9;
  uint64_t sum = 0;
  for (int pass = 0; pass < 16; pass++) {
    double start = now();
    for (int k = 0; k < QUERIES; k++) sum += cache[lookup(5, 0, page[k], 1)].output;
    double taken = now() - start;
    if (taken < best) best = taken;
  }
  report("iotlb", QUERIES, best, sum / 16);
}
