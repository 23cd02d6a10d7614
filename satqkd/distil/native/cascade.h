/* What the files of Cascade share. The algorithm is told in satqkd/distil/reconcile/cascade.py. */
#ifndef SATQKD_CASCADE_H
#define SATQKD_CASCADE_H

#include <stdint.h>
#include <stddef.h>
#include <string.h>

enum {
    MOST_WORDS = 1024, /* of a frame: 2^16 bits */
    MOST_TILES = 16,   /* of 64 words */
    PASSES = 3,
    CHECKS = 20,       /* parities of random subsets that must agree, */
    FIRST_CHECKS = 4,  /* the first of which are told alone: an error is mostly seen by them */
    WORD_LEVEL = 6,    /* a word is a block of 2^6 bits */
    TILE_LEVEL = 12,   /* a tile is the largest block */
};

/* Overwrite with zeros; no compiler leaves it out. Copies in registers are not found. */
static inline void cascade_wipe(void *at, size_t bytes)
{
    memset(at, 0, bytes);
    __asm__ volatile("" : : "r"(at) : "memory");
}

/* How a frame is cut and shuffled; the same for all frames of one size in a block. */
struct cascade_plan {
    size_t size;        /* bits of the frame */
    size_t words;       /* with zeros behind it up to a power of two */
    size_t tiles;
    int tile_bits;      /* tiles = 1 << tile_bits */
    int level[PASSES];  /* blocks of 1 << level bits */
    uint64_t seed;
    uint8_t turn[PASSES][MOST_WORDS];       /* by how many bits each word is turned */
    uint8_t shift[PASSES][64];              /* by how many tiles each column is moved */
    uint64_t moved[PASSES][MOST_TILES];     /* the columns that are moved by so many tiles */
    uint64_t subsets[MOST_WORDS + CHECKS];  /* subset s takes the words from s on */
};

/* What both ends said of a frame: what Alice told, and where Bob differs, bit by bit. */
struct cascade_tape {
    uint64_t *alice, *bob;   /* packed; the i-th bit of Bob answers the i-th of Alice */
    size_t bits, capacity;   /* a frame tells no more bits than it has */
    uint32_t *lengths;       /* bits told in each round */
    size_t rounds, room;
    int full;                /* whether a last round told every bit of the frame */
    int failed;              /* no memory */
};

void cascade_make_plan(struct cascade_plan *plan, size_t size, const int *level, uint64_t seed);
void cascade_draw_subsets(uint64_t *subsets, const struct cascade_plan *plan, uint64_t batch);
void cascade_transpose(uint64_t *rows);

void cascade_end_round(struct cascade_tape *tape, size_t told);
/* Up to 64 bits of each end, the lowest of a word. */
void cascade_put(struct cascade_tape *tape, uint64_t alice, uint64_t bob, size_t bits);
int cascade_tape_open(struct cascade_tape *tape, size_t size);
void cascade_tape_close(struct cascade_tape *tape);

struct cascade_frame; /* scratch for one frame */
struct cascade_frame *cascade_frame_new(void);
void cascade_frame_wipe(struct cascade_frame *frame);
/* Correct ``bob``, given ``alice``, of plan->words words each. */
void cascade_frame_run(struct cascade_frame *frame, const struct cascade_plan *plan,
                       const uint64_t *alice, uint64_t *bob, struct cascade_tape *tape);

/* ---- positions ----------------------------------------------------------------------------
 *
 *   base     64 w + b     pass 1 takes the bits as they come
 *   row      pass 2: word w is row w / tiles of tile w % tiles; pass 3: row w % 64 of tile w / 64
 *   column   (b + turn[w]) % 64
 *   place    4096 ((tile + shift[column]) % tiles) + 64 column + row
 */
static inline size_t cascade_tile(const struct cascade_plan *plan, int pass, size_t w)
{
    return pass == 1 ? w & (plan->tiles - 1) : w >> 6;
}
static inline size_t cascade_row(const struct cascade_plan *plan, int pass, size_t w)
{
    return pass == 1 ? w >> plan->tile_bits : w & 63;
}
static inline size_t cascade_word(const struct cascade_plan *plan, int pass, size_t tile, size_t row)
{
    return pass == 1 ? row << plan->tile_bits | tile : tile << 6 | row;
}
static inline size_t cascade_place(const struct cascade_plan *plan, int pass, size_t base)
{
    if (pass == 0)
        return base;
    size_t w = base >> 6, column = (base + plan->turn[pass][w]) & 63;
    size_t tile = (cascade_tile(plan, pass, w) + plan->shift[pass][column]) & (plan->tiles - 1);
    return tile << 12 | column << 6 | cascade_row(plan, pass, w);
}
static inline size_t cascade_base(const struct cascade_plan *plan, int pass, size_t place)
{
    if (pass == 0)
        return place;
    size_t row = place & 63, column = place >> 6 & 63;
    size_t tile = ((place >> 12) - plan->shift[pass][column]) & (plan->tiles - 1);
    size_t w = cascade_word(plan, pass, tile, row);
    return w << 6 | ((column - plan->turn[pass][w]) & 63);
}

#endif
