/* Scratch of Cascade for one frame, and the steps that work on it. */
#ifndef SATQKD_CASCADE_FRAME_H
#define SATQKD_CASCADE_FRAME_H

#include "cascade.h"

/* A word of a pass. A leaf is a block of known parity without a smaller one in it. */
struct cell {
    uint64_t alice;
    uint64_t error;
    uint64_t cut;  /* where leaves begin */
    uint64_t odd;  /* where leaves begin in which an odd number of errors is left */
};

struct pass {
    struct cell cell[MOST_WORDS];
    uint8_t level[MOST_WORDS];   /* of the leaf that the word lies in; less than 6: several do */
    uint64_t busy[MOST_TILES];   /* words with odd leaves */
    uint32_t busy_tiles;         /* tiles with such words */
    /* Parities of 2^m words, at the first of them: the levels above a word. */
    uint64_t alice[TILE_LEVEL - WORD_LEVEL + 1][MOST_TILES];
    uint64_t error[TILE_LEVEL - WORD_LEVEL + 1][MOST_TILES];
};

struct cascade_frame {
    const struct cascade_plan *plan;
    struct cascade_tape *tape;
    struct pass pass[PASSES];
    int open;                      /* passes that have begun */
    const uint64_t *subsets;       /* of the batch of checks, once there is one */
    int asked;                     /* checks of the batch that were told */
    uint32_t disagree;             /* those that differ now */
    int clean;                     /* whether none differed when they were told */
    uint64_t batch;
    uint64_t drawn[MOST_WORDS + CHECKS];
    /* A wave: the way down each leaf, one bit a round. */
    uint16_t alice_way[MOST_WORDS * 64], bob_way[MOST_WORDS * 64];
    uint8_t steps[MOST_WORDS * 64];
};

/* Parities of the blocks of a word, each at its first bit: level by level. */
static inline void cascade_fold(uint64_t *levels, uint64_t word)
{
    levels[0] = word;
    levels[1] = levels[0] ^ levels[0] >> 1;
    levels[2] = levels[1] ^ levels[1] >> 2;
    levels[3] = levels[2] ^ levels[2] >> 4;
    levels[4] = levels[3] ^ levels[3] >> 8;
    levels[5] = levels[4] ^ levels[4] >> 16;
}

static inline void cascade_mark(struct pass *pass, size_t word)
{
    uint64_t bit = (uint64_t)1 << (word & 63);
    uint64_t busy = pass->busy[word >> 6] & ~bit;
    busy |= pass->cell[word].odd != 0 ? bit : 0;
    pass->busy[word >> 6] = busy;
    uint32_t tile = (uint32_t)1 << (word >> 6);
    pass->busy_tiles = (pass->busy_tiles & ~tile) | (busy != 0 ? tile : 0);
}

/* Bob turns a bit, at a place of pass `found`; PASSES: at a place of none, by its base. */
void cascade_flip(struct cascade_frame *frame, int found, size_t place);

/* Steps: 1 when it was taken, 0 when it would tell more bits than the frame has. */
int cascade_wave(struct cascade_frame *frame, int pass);  /* halve its odd leaves, side by side */
int cascade_begin(struct cascade_frame *frame, int pass); /* tell its blocks */
int cascade_check(struct cascade_frame *frame);           /* tell parities of random subsets */
int cascade_search(struct cascade_frame *frame, int s);   /* find an error in one that differs */

void cascade_shuffle(struct cascade_frame *frame, int pass);
void cascade_in_place(struct cascade_frame *frame, const uint64_t *alice, const uint64_t *bob);
size_t cascade_blocks_told(const struct cascade_plan *plan, int pass);

#endif
