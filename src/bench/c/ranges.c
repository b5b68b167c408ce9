/* Twin of the range tree in the pattern of a VMM's IOVA tree: a balanced (AVL) tree of malloced nodes over malloced
 * ranges, a comparator called through a pointer that finds overlapping ranges equal, a find before each insert, and a
 * remove that looks up, unlinks, and looks up again. Written for this bench. */
#include "twin.h"

struct range {
  uint64_t first, last, target;
  uint32_t perm;
};

struct node {
  struct range *key;
  struct node *left, *right;
  int height;
};

typedef int (*compare_fn)(const struct range *, const struct range *, void *);

struct tree {
  struct node *root;
  compare_fn compare;
  void *data;
};

static int compare_ranges(const struct range *a, const struct range *b, void *data) {
  (void)data;
  if (a->first > b->last) return 1;
  if (a->last < b->first) return -1;
  return 0;
}

static int height(struct node *n) { return n ? n->height : 0; }

static void measure(struct node *n) {
  int l = height(n->left), r = height(n->right);
  n->height = (l > r ? l : r) + 1;
}

static struct node *rotate_right(struct node *n) {
  struct node *up = n->left;
  n->left = up->right;
  up->right = n;
  measure(n), measure(up);
  return up;
}

static struct node *rotate_left(struct node *n) {
  struct node *up = n->right;
  n->right = up->left;
  up->left = n;
  measure(n), measure(up);
  return up;
}

static struct node *balance(struct node *n) {
  int lean = height(n->left) - height(n->right);
  if (lean > 1) {
    if (height(n->left->left) < height(n->left->right)) n->left = rotate_left(n->left);
    return rotate_right(n);
  }
  if (lean < -1) {
    if (height(n->right->right) < height(n->right->left)) n->right = rotate_right(n->right);
    return rotate_left(n);
  }
  measure(n);
  return n;
}

static struct range *tree_find(struct tree *t, const struct range *key) {
  struct node *n = t->root;
  while (n) {
    int order = t->compare(key, n->key, t->data);
    if (order == 0) return n->key;
    n = order < 0 ? n->left : n->right;
  }
  return NULL;
}

#define DEEPEST 64

/* Balances from the end of a path of links up; stops where nothing changed. */
static void settle(struct node ***path, int depth) {
  while (depth-- > 0) {
    struct node *n = *path[depth];
    if (!n) continue;
    int before = n->height;
    *path[depth] = balance(n);
    if ((*path[depth])->height == before && *path[depth] == n) return;
  }
}

static void tree_insert(struct tree *t, struct range *key) {
  struct node **path[DEEPEST], **link = &t->root;
  int depth = 0;
  while (*link) {
    path[depth++] = link;
    link = t->compare(key, (*link)->key, t->data) < 0 ? &(*link)->left : &(*link)->right;
  }
  *link = malloc(sizeof **link);
  **link = (struct node){key, NULL, NULL, 1};
  settle(path, depth);
}

static void tree_remove(struct tree *t, const struct range *key) {
  struct node **path[DEEPEST], **link = &t->root;
  int depth = 0, order;
  while (*link && (order = t->compare(key, (*link)->key, t->data)) != 0) {
    path[depth++] = link;
    link = order < 0 ? &(*link)->left : &(*link)->right;
  }
  if (!*link) return;
  struct node *gone = *link;
  free(gone->key);
  if (gone->left && gone->right) {
    path[depth++] = link;
    struct node **next = &gone->right;
    while ((*next)->left) {
      path[depth++] = next;
      next = &(*next)->left;
    }
    struct node *heir = *next;
    gone->key = heir->key;
    *next = heir->right;
    gone = heir;
  } else {
    *link = gone->left ? gone->left : gone->right;
  }
  free(gone);
  settle(path, depth);
}

static int iova_insert(struct tree *t, uint64_t first, uint64_t last, uint64_t target) {
  struct range key = {first, last, target, 3};
  if (tree_find(t, &key)) return -1;
  struct range *copy = malloc(sizeof *copy);
  *copy = key;
  tree_insert(t, copy);
  return 0;
}

static void iova_remove(struct tree *t, uint64_t first, uint64_t last) {
  struct range key = {first, last, 0, 0}, *found;
  while ((found = tree_find(t, &key))) tree_remove(t, found);
}

static void shuffle(uint32_t *order, uint32_t count, uint32_t seed) {
  for (uint32_t k = 0; k < count; k++) order[k] = k;
  for (uint32_t k = count - 1; k > 0; k--) {
    uint32_t j = (uint32_t)(((uint64_t)roll(&seed) * (k + 1)) >> 32), kept = order[k];
    order[k] = order[j], order[j] = kept;
  }
}

/* Range k is pages 16k to 16k + (k mod 13). */
void ranges_main(uint32_t count) {
  struct tree tree = {NULL, compare_ranges, NULL};
  uint32_t *order = malloc(count * sizeof *order);
  uint64_t check = 0;
  shuffle(order, count, 1);
  double start = now();
  for (uint32_t k = 0; k < count; k++) {
    uint64_t first = order[k] * 16ull;
    iova_insert(&tree, first, first + order[k] % 13, order[k]);
  }
  report("insert", count, now() - start, 0);
  shuffle(order, count, 2);
  start = now();
  for (uint32_t k = 0; k < count; k++) {
    struct range key = {order[k] * 16ull + order[k] % 13, order[k] * 16ull + order[k] % 13, 0, 0};
    check += tree_find(&tree, &key)->target;
  }
  report("find", count, now() - start, check);
  shuffle(order, count, 3);
  start = now();
  for (uint32_t k = 0; k < count; k++) iova_remove(&tree, order[k] * 16ull, order[k] * 16ull + order[k] % 13);
  report("remove", count, now() - start, tree.root == NULL);
}
