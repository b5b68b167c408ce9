/* Twin of the walker: VT-d second stage, 4 levels, with reserved bits and cumulative rights, written for the one
 * format; and of the fill, a range of 4 KiB leaves. Physical memory is one flat array. */
#include "twin.h"

#define ADDRESS 0x000ffffffffff000ull
#define R 1ull
#define W 2ull
#define PS 0x80ull
#define ABOVE 0x400f000000000000ull
#define SNP 0x800ull

static uint64_t *memory;
static uint64_t next_frame;

static uint64_t frame(void) {
  uint64_t at = next_frame;
  next_frame += 4096;
  return at;
}

/* Index in memory of the leaf, or -1 - level. */
__attribute__((noinline)) static int64_t walk(uint64_t root, uint64_t iova, uint64_t need) {
  if (iova >> 48) return -1 - (3 | 3 << 4);
  uint64_t table = root, rights = R | W;
  for (int level = 3;; level--) {
    int shift = 12 + 9 * level;
    uint64_t at = (table >> 3) + ((iova >> shift) & 511);
    uint64_t item = memory[at];
    if (!(item & (R | W))) return -1 - level;
    rights &= item;
    int leaf = level == 0 || (level <= 2 && (item & PS));
    if (leaf) {
      uint64_t reserved = ABOVE | (((1ull << shift) - 1) & ~0xfffull);
      if (item & reserved) return -1 - (level | 2 << 4);
      return (rights & need) == need ? (int64_t)at : -1 - (level | 1 << 4);
    }
    if (item & (ABOVE | SNP | (level == 3 ? PS : 0))) return -1 - (level | 2 << 4);
    table = item & ADDRESS;
  }
}

/* Maps pages of 4 KiB, a table at a time. */
static void map_range(uint64_t root, uint64_t page, uint64_t pages, uint64_t target) {
  while (pages) {
    uint64_t table = root;
    for (int level = 3; level > 0; level--) {
      uint64_t *item = &memory[(table >> 3) + ((page >> (9 * level)) & 511)];
      if (!*item) *item = frame() | R | W;
      table = *item & ADDRESS;
    }
    uint64_t index = page & 511, count = 512 - index < pages ? 512 - index : pages;
    uint64_t *items = &memory[(table >> 3) + index], value = target << 12 | R | W;
    for (uint64_t k = 0; k < count; k++, value += 4096) items[k] = value;
    page += count, target += count, pages -= count;
  }
}

static uint64_t fresh(uint64_t gib) {
  uint64_t bytes = (gib * 514 + 16) * 4096 + (1 << 20);
  memory = calloc(1, bytes);
  memset(memory, 0, bytes);
  next_frame = 0x80000;
  return frame();
}

#define QUERIES (1 << 20)
#define PASSES 12

void walk_main(uint64_t gib) {
  uint64_t root = fresh(gib), pages = gib << 18, sum = 0;
  map_range(root, 0, pages, 0x100000);
  uint32_t state = 1, *page = malloc(QUERIES * sizeof *page);
  for (int k = 0; k < QUERIES; k++) page[k] = (uint32_t)((roll(&state) >> 4) % pages);
  double best = 1e9;
  for (int pass = 0; pass < PASSES; pass++) {
    double start = now();
    for (int k = 0; k < QUERIES; k++) sum += (uint64_t)walk(root, (uint64_t)page[k] << 12, R);
    double taken = now() - start;
    if (taken < best) best = taken;
  }
  report("walk", QUERIES, best, sum / PASSES);
}

void fill_main(void) {
  double best = 1e9;
  uint64_t sum = 0;
  for (int pass = 0; pass < 40; pass++) {
    uint64_t root = fresh(1);
    double start = now();
    map_range(root, 0, 1 << 18, 0x100000);
    double taken = now() - start;
    if (taken < best) best = taken;
    sum += memory[walk(root, 0x3ffff000, R)];
    free(memory);
  }
  report("fill", 1 << 18, best, sum);
}

#define P 1ull
#define RW 2ull
#define US 4ull
#define XD 0x8000000000000000ull
#define GUEST_TABLES 1024ull
#define GUEST_AT 0x2000ull

/* First stage over second stage, 4 levels each: every entry's address, and the address that comes out, is walked.
 * Index in memory of the second stage's leaf, or below 0. */
__attribute__((noinline)) static int64_t nested(uint64_t second, uint64_t first, uint64_t va, uint64_t need) {
  uint64_t high = va >> 47, table = first, rights = ~0ull;
  if (high && high != 0x1ffff) return -100;
  for (int level = 3;; level--) {
    int shift = 12 + 9 * level;
    uint64_t guest = table + ((va >> shift) & 511) * 8;
    int64_t page = walk(second, guest, R);
    if (page < 0) return -200 + page;
    uint64_t item = memory[((memory[page] & ADDRESS) + (guest & 4095)) >> 3];
    if (!(item & P)) return -1 - level;
    rights &= item;
    if (level == 0 || (level <= 2 && (item & PS))) {
      if (item & (XD | (((1ull << shift) - 1) & ~0x1fffull))) return -1 - (level | 2 << 4);
      if ((rights & (P | US | need)) != (P | US | need)) return -1 - (level | 1 << 4);
      uint64_t size = 1ull << shift;
      return walk(second, (item & ADDRESS & ~(size - 1)) + (va & (size - 1)), R | (need ? W : 0));
    }
    if (item & (XD | (level == 3 ? PS : 0))) return -1 - (level | 2 << 4);
    table = item & ADDRESS;
  }
}

/* 1 GiB of guest: its first GUEST_TABLES pages, where its own table lies, at host page GUEST_AT. */
void nested_main(void) {
  memory = calloc(1, 64 << 20);
  memset(memory, 0, 64 << 20);
  next_frame = 0x80000;
  uint64_t root = frame(), sum = 0;
  map_range(root, 0, GUEST_TABLES, GUEST_AT);
  map_range(root, GUEST_TABLES, (1 << 18) - GUEST_TABLES, 0x100000);
  uint64_t *guest = memory + (GUEST_AT << 9);
  guest[0] = 0x1000 | 0x27, guest[512] = 0x2000 | 0x27;
  for (uint64_t k = 0; k < 512; k++) guest[1024 + k] = (3 + k) << 12 | 0x27;
  for (uint64_t page = 0; page < 1 << 18; page++) guest[1536 + page] = page << 12 | 0x67;
  uint32_t state = 1, *page = malloc(QUERIES * sizeof *page);
  for (int k = 0; k < QUERIES; k++) page[k] = (roll(&state) >> 4) % (1 << 18);
  double best = 1e9;
  for (int pass = 0; pass < PASSES; pass++) {
    double start = now();
    for (int k = 0; k < QUERIES; k++) sum += (uint64_t)nested(root, 0, (uint64_t)page[k] << 12, 0);
    double taken = now() - start;
    if (taken < best) best = taken;
  }
  report("nested", QUERIES, best, sum / PASSES);
}
