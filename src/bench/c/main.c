/* twin walk GIB | nested | fill | iotlb | ranges COUNT: prints `name operations-per-second check` lines. */
#include "twin.h"

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  uint32_t number = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
  if (!strcmp(what, "walk")) walk_main(number);
  else if (!strcmp(what, "nested")) nested_main();
  else if (!strcmp(what, "fill")) fill_main();
  else if (!strcmp(what, "iotlb")) iotlb_main();
  else if (!strcmp(what, "ranges")) ranges_main(number);
  else return 2;
  return 0;
}
