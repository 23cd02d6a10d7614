/* Cascade: how a frame is cut into blocks and shuffled from pass to pass. */
#include "native.h"
#include "cascade.h"

enum { DRAWS_OF_PASS = 1 << 12, DRAWS_OF_BATCH = 1 << 11, FIRST_BATCH = 1 << 14 };

void cascade_draw_subsets(uint64_t *subsets, const struct cascade_plan *plan, uint64_t batch)
{
    for (size_t i = 0; i < plan->words + CHECKS - 1; i++)
        subsets[i] = drawn(plan->seed, FIRST_BATCH + batch * DRAWS_OF_BATCH + i);
}

void cascade_make_plan(struct cascade_plan *plan, size_t size, const int *level, uint64_t seed)
{
    memset(plan, 0, sizeof *plan);
    plan->size = size;
    plan->seed = seed;
    while ((size_t)4096 << plan->tile_bits < size)
        plan->tile_bits++;
    plan->tiles = (size_t)1 << plan->tile_bits;
    plan->words = plan->tiles * 64;
    for (int pass = 0; pass < PASSES; pass++) {
        plan->level[pass] = level[pass];
        uint64_t first = (uint64_t)pass * DRAWS_OF_PASS;
        for (size_t w = 0; w < plan->words; w++)
            plan->turn[pass][w] = drawn(seed, first + w) & 63;
        for (size_t column = 0; column < 64; column++) {
            uint64_t shift = drawn(seed, first + MOST_WORDS + column) & (plan->tiles - 1);
            plan->shift[pass][column] = (uint8_t)shift;
            plan->moved[pass][shift] |= (uint64_t)1 << column;
        }
    }
    cascade_draw_subsets(plan->subsets, plan, 0);
}

/* One step of a transposition: squares of `side` change places with those across the diagonal. */
#define SWAP(side, mask)                                                       \
    for (int i = 0; i < 64; i += 2 * (side))                                   \
        for (int k = i; k < i + (side); k++) {                                 \
            uint64_t swap = (rows[k] >> (side) ^ rows[k + (side)]) & (mask);   \
            rows[k] ^= swap << (side);                                         \
            rows[k + (side)] ^= swap;                                          \
        }

/* Bit c of row r becomes bit r of row c. */
void cascade_transpose(uint64_t *rows)
{
    SWAP(32, 0x00000000FFFFFFFFu)
    SWAP(16, 0x0000FFFF0000FFFFu)
    SWAP(8, 0x00FF00FF00FF00FFu)
    SWAP(4, 0x0F0F0F0F0F0F0F0Fu)
    SWAP(2, 0x3333333333333333u)
    SWAP(1, 0x5555555555555555u)
}
