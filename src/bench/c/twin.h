/* Shared by the C twins: the clock, the dice, and one line of result per figure. */
#ifndef TWIN_H
#define TWIN_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

/* The same generator as src/bench/dice.ts. */
static inline uint32_t roll(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state;
}

static inline void report(const char *name, double operations, double seconds, uint64_t check) {
  printf("%s %.1f %llu\n", name, operations / seconds, (unsigned long long)check);
}

void walk_main(uint64_t gib);
void nested_main(void);
void fill_main(void);
void iotlb_main(void);
void ranges_main(uint32_t count);
#endif
