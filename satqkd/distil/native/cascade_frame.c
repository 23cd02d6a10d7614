/* Cascade on one frame, both ends at once: what Alice tells and where Bob differs, in the order in
 * which it would be said. Both ends know where parities differ, and nothing but that steers them:
 * so the blocks are kept once, beside Alice's bits and the errors (hers xor his). */
#include "cascade.h"
#include <stdlib.h>

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

struct cascade_frame *cascade_frame_new(void)
{
    return calloc(1, sizeof(struct cascade_frame));
}

/* Overwrite what is secret. The ways of a wave are not: they are said. */
void cascade_frame_wipe(struct cascade_frame *frame)
{
    cascade_wipe(frame->pass, sizeof frame->pass);
    free(frame);
}

static const uint64_t FIRSTS[WORD_LEVEL + 1] = {
    /* where blocks of 1, 2, 4 ... bits begin in a word */
    0xFFFFFFFFFFFFFFFFu, 0x5555555555555555u, 0x1111111111111111u, 0x0101010101010101u,
    0x0001000100010001u, 0x0000000100000001u, 0x0000000000000001u,
};

/* Parities of the blocks of a word, each at its first bit: level by level. */
static inline void fold(uint64_t *levels, uint64_t word)
{
    levels[0] = word;
    levels[1] = levels[0] ^ levels[0] >> 1;
    levels[2] = levels[1] ^ levels[1] >> 2;
    levels[3] = levels[2] ^ levels[2] >> 4;
    levels[4] = levels[3] ^ levels[3] >> 8;
    levels[5] = levels[4] ^ levels[4] >> 16;
}

static void mark(struct pass *pass, size_t word)
{
    uint64_t bit = (uint64_t)1 << (word & 63);
    uint64_t busy = pass->busy[word >> 6] & ~bit;
    busy |= pass->cell[word].odd != 0 ? bit : 0;
    pass->busy[word >> 6] = busy;
    uint32_t tile = (uint32_t)1 << (word >> 6);
    pass->busy_tiles = (pass->busy_tiles & ~tile) | (busy != 0 ? tile : 0);
}

/* One error less in the leaf around a place. */
static void toggle(struct pass *pass, size_t place)
{
    size_t word = place >> 6;
    int level = pass->level[word], bit = 0;
    if (level >= WORD_LEVEL)
        word &= ~(((size_t)1 << (level - WORD_LEVEL)) - 1);
    else
        bit = 63 - __builtin_clzll(pass->cell[word].cut & (((uint64_t)2 << (place & 63)) - 1));
    pass->cell[word].odd ^= (uint64_t)1 << bit;
    mark(pass, word);
}

/* Bob turns a bit, at a place of pass `found`; PASSES: at a place of none, by its base. */
static void flip(struct cascade_frame *frame, int found, size_t place)
{
    const struct cascade_plan *plan = frame->plan;
    size_t base = found == PASSES ? place : cascade_base(plan, found, place);
    for (int q = 0; q < frame->open; q++) {
        struct pass *pass = &frame->pass[q];
        size_t at = q == found ? place : cascade_place(plan, q, base);
        pass->cell[at >> 6].error ^= (uint64_t)1 << (at & 63);
        for (int m = 0; m < plan->level[q] - WORD_LEVEL; m++)
            pass->error[m][at >> TILE_LEVEL] ^= (uint64_t)1 << ((at >> 6 & 63) & ~((1u << m) - 1));
        if (q != found)
            toggle(pass, at);
    }
    if (frame->subsets != NULL)
        for (int s = 0; s < frame->asked; s++)
            frame->disagree ^= (uint32_t)(frame->subsets[s + (base >> 6)] >> (base & 63) & 1) << s;
}

/* The half of a leaf that holds an even number: 2^m words. */
static inline void set_level(uint8_t *of, int level, int m)
{
    uint64_t all = 0x0101010101010101u * (uint64_t)level;
    switch (m) {
    case 0:
        *of = (uint8_t)level;
        break;
    case 1:
        memcpy(of, &all, 2);
        break;
    case 2:
        memcpy(of, &all, 4);
        break;
    default:
        for (int i = 0; i < 1 << m; i += 8)
            memcpy(of + i, &all, 8);
    }
}

/* Find the error of an odd leaf; return how many parities it took, which go to the wave. */
static int bisect(struct cascade_frame *frame, int p, size_t start, size_t leaf)
{
    struct pass *pass = &frame->pass[p];
    size_t word = start >> 6;
    int level = pass->level[word];
    unsigned bit = start & 63, alice = 0, bob = 0, steps = 0;
    if (level >= WORD_LEVEL) {
        while (level > WORD_LEVEL) {
            level--;
            int m = level - WORD_LEVEL;
            unsigned told = pass->alice[m][word >> 6] >> (word & 63) & 1;
            unsigned differs = pass->error[m][word >> 6] >> (word & 63) & 1;
            pass->cell[word + ((size_t)1 << m)].cut = 1;
            alice |= told << steps;
            bob |= differs << steps++;
            set_level(pass->level + word + ((size_t)differs << m), level, m);
            word += (size_t)(1 - differs) << m;
        }
        pass->level[word] = 0;
    } else {
        uint64_t above = pass->cell[word].cut & ~(((uint64_t)2 << bit) - 1);
        level = __builtin_ctz((above != 0 ? __builtin_ctzll(above) : 64) - bit);
    }
    uint64_t told_of[WORD_LEVEL], differs_of[WORD_LEVEL], cut = pass->cell[word].cut;
    fold(told_of, pass->cell[word].alice);
    fold(differs_of, pass->cell[word].error);
    while (level > 0) {
        level--;
        unsigned told = told_of[level] >> bit & 1, differs = differs_of[level] >> bit & 1;
        cut |= (uint64_t)1 << (bit + (1u << level));
        alice |= told << steps;
        bob |= differs << steps++;
        bit += (1 - differs) << level;
    }
    pass->cell[word].cut = cut;
    frame->alice_way[leaf] = (uint16_t)alice;
    frame->bob_way[leaf] = (uint16_t)bob;
    frame->steps[leaf] = (uint8_t)steps;
    flip(frame, p, word << 6 | bit);
    return (int)steps;
}

/* Write the ways down as they were said: in each round one step of every leaf. */
static void say(struct cascade_frame *frame, size_t leaves, int rounds)
{
    for (int r = 0; r < rounds; r++) {
        size_t told = 0;
        struct cascade_tape *tape = frame->tape;
        uint64_t alice = 0, bob = 0;
        size_t bits = tape->bits;
        unsigned at = bits & 63;
        for (size_t i = 0; i < leaves; i++) {
            unsigned asked = frame->steps[i] > r;
            alice |= (uint64_t)(frame->alice_way[i] >> r & 1) << at;
            bob |= (uint64_t)(frame->bob_way[i] >> r & 1) << at;
            at += asked;
            told += asked;
            if (at == 64) {
                tape->alice[bits >> 6] |= alice;
                tape->bob[bits >> 6] |= bob;
                bits = (bits | 63) + 1;
                alice = bob = at = 0;
            }
        }
        tape->alice[bits >> 6] |= alice;
        tape->bob[bits >> 6] |= bob;
        tape->bits += told;
        cascade_end_round(tape, told);
    }
}

/* All odd leaves of a pass, side by side; false if that tells more bits than the frame has. */
static int wave(struct cascade_frame *frame, int p)
{
    struct pass *pass = &frame->pass[p];
    size_t leaves = 0, cost = 0;
    int rounds = 0;
    for (; pass->busy_tiles != 0; pass->busy_tiles &= pass->busy_tiles - 1) {
        size_t tile = (size_t)__builtin_ctz(pass->busy_tiles);
        for (; pass->busy[tile] != 0; pass->busy[tile] &= pass->busy[tile] - 1) {
            size_t word = tile << 6 | (size_t)__builtin_ctzll(pass->busy[tile]);
            uint64_t odd = pass->cell[word].odd;
            pass->cell[word].odd = 0;
            for (; odd != 0; odd &= odd - 1) {
                int steps = bisect(frame, p, word << 6 | (size_t)__builtin_ctzll(odd), leaves++);
                cost += (size_t)steps;
                rounds = steps > rounds ? steps : rounds;
            }
        }
    }
    if (frame->tape->bits + cost > frame->plan->size)
        return 0;
    say(frame, leaves, rounds);
    return 1;
}

/* ---- the beginning of a pass -------------------------------------------------------------- */

/* A tile of a string: `rows`, turned, become words; the xor of the rows holds their parities. */
static void shuffle_tile(const struct cascade_plan *plan, int p, size_t tile, uint64_t *rows,
                         uint64_t *parities)
{
    uint64_t parity = 0;
    for (size_t row = 0; row < 64; row++) {
        unsigned by = plan->turn[p][cascade_word(plan, p, tile, row)];
        rows[row] = rows[row] << by | rows[row] >> (-by & 63);
        parity ^= rows[row];
    }
    cascade_transpose(rows);
    for (size_t by = 0; by < plan->tiles; by++)
        parities[(tile + by) & (plan->tiles - 1)] |= parity & plan->moved[p][by];
}

/* Bring the bits of the first pass into the order of another. */
static void shuffle(struct cascade_frame *frame, int p)
{
    const struct cascade_plan *plan = frame->plan;
    struct pass *pass = &frame->pass[p];
    memset(pass->alice[0], 0, sizeof pass->alice[0]);
    memset(pass->error[0], 0, sizeof pass->error[0]);
    for (size_t tile = 0; tile < plan->tiles; tile++) {
        uint64_t alice[64], error[64];
        for (size_t row = 0; row < 64; row++) {
            const struct cell *cell = &frame->pass[0].cell[cascade_word(plan, p, tile, row)];
            alice[row] = cell->alice;
            error[row] = cell->error;
        }
        shuffle_tile(plan, p, tile, alice, pass->alice[0]);
        shuffle_tile(plan, p, tile, error, pass->error[0]);
        for (size_t column = 0; column < 64; column++) {
            size_t to = (tile + plan->shift[p][column]) & (plan->tiles - 1);
            pass->cell[to << 6 | column].alice = alice[column];
            pass->cell[to << 6 | column].error = error[column];
        }
    }
}

static void in_place(struct cascade_frame *frame, const uint64_t *alice, const uint64_t *bob)
{
    struct pass *pass = &frame->pass[0];
    for (size_t tile = 0; tile < frame->plan->tiles; tile++) {
        uint64_t parity_alice = 0, parity_error = 0;
        for (size_t i = 0; i < 64; i++) {
            size_t word = tile << 6 | i;
            uint64_t error = alice[word] ^ bob[word];
            pass->cell[word].alice = alice[word];
            pass->cell[word].error = error;
            parity_alice |= (uint64_t)__builtin_parityll(alice[word]) << i;
            parity_error |= (uint64_t)__builtin_parityll(error) << i;
        }
        pass->alice[0][tile] = parity_alice;
        pass->error[0][tile] = parity_error;
    }
}

/* Parities of more and more words, up to the blocks of the pass. */
static void build(struct pass *pass, const struct cascade_plan *plan, int level)
{
    for (int m = 1; m <= level - WORD_LEVEL; m++)
        for (size_t tile = 0; tile < plan->tiles; tile++) {
            unsigned by = 1u << (m - 1);
            pass->alice[m][tile] = pass->alice[m - 1][tile] ^ pass->alice[m - 1][tile] >> by;
            pass->error[m][tile] = pass->error[m - 1][tile] ^ pass->error[m - 1][tile] >> by;
        }
}

/* Bits 0, 2^level, 2 2^level ... of a word, side by side. */
static uint64_t gathered(uint64_t word, int level)
{
    word &= FIRSTS[level];
    for (int step = 0; level + step < WORD_LEVEL; step++) {
        int field = 1 << (level + step + 1), held = 1 << (step + 1);
        uint64_t fields = field < 64 ? ~(uint64_t)0 / (((uint64_t)1 << field) - 1) : 1;
        uint64_t kept = held < 64 ? fields * (((uint64_t)1 << held) - 1) : ~(uint64_t)0;
        word = (word | word >> ((1 << (level + step)) - (1 << step))) & kept;
    }
    return word;
}

/* Tell the parities of the blocks, of those that hold bits; the last of a later pass is known.
 * Blocks within words are taken a word at a time, longer ones a tile at a time. */
static void tell_blocks(struct cascade_frame *frame, int p, size_t told)
{
    struct pass *pass = &frame->pass[p];
    const struct cascade_plan *plan = frame->plan;
    int level = plan->level[p], within = level < WORD_LEVEL, step = within ? level : level - 6;
    size_t left = told, most = (size_t)64 >> step;
    for (size_t i = 0; i < (within ? plan->words : plan->tiles); i++) {
        uint64_t alice, differs;
        if (within) {
            uint64_t levels[WORD_LEVEL];
            fold(levels, pass->cell[i].alice);
            alice = levels[level];
            fold(levels, pass->cell[i].error);
            differs = pass->cell[i].odd = levels[level] & FIRSTS[level];
            if (differs != 0)
                mark(pass, i);
        } else {
            alice = pass->alice[step][i];
            differs = pass->error[step][i] & FIRSTS[step];
            for (uint64_t odd = differs; odd != 0; odd &= odd - 1) {
                size_t word = i << 6 | (size_t)__builtin_ctzll(odd);
                pass->cell[word].odd = 1;
                mark(pass, word);
            }
        }
        size_t count = left < most ? left : most;
        cascade_put(frame->tape, gathered(alice, step), gathered(differs, step), count);
        left -= count;
    }
    if (told > 0)
        cascade_end_round(frame->tape, told);
}

static size_t blocks_told(const struct cascade_plan *plan, int p)
{
    if (p == 0)
        return (plan->size + ((size_t)1 << plan->level[0]) - 1) >> plan->level[0];
    return (plan->words * 64 >> plan->level[p]) - 1;
}

static int begin(struct cascade_frame *frame, int p)
{
    const struct cascade_plan *plan = frame->plan;
    struct pass *pass = &frame->pass[p];
    size_t told = blocks_told(plan, p);
    if (frame->tape->bits + told > plan->size)
        return 0;
    int level = plan->level[p];
    memset(pass->level, level, plan->words);
    memset(pass->busy, 0, sizeof pass->busy);
    pass->busy_tiles = 0;
    for (size_t word = 0; word < plan->words; word++) {
        pass->cell[word].cut = level < WORD_LEVEL ? FIRSTS[level] : 1;
        pass->cell[word].odd = 0;
    }
    build(pass, plan, level);
    tell_blocks(frame, p, told);
    frame->open = p + 1;
    return 1;
}

/* ---- checks -------------------------------------------------------------------------------- */

/* Parities of a string over some subsets, four at a time. */
static uint32_t checks(const struct cascade_frame *frame, const uint64_t *string, int first,
                       int count)
{
    uint32_t found = 0;
    for (int s = 0; s < count; s += 4) {
        const uint64_t *subsets = frame->subsets + first + s;
        uint64_t sum[4] = {0};
        for (size_t word = 0; word < frame->plan->words; word++)
            for (int i = 0; i < 4; i++)
                sum[i] ^= string[word] & subsets[word + (size_t)i];
        for (int i = 0; i < 4; i++)
            found |= (uint32_t)__builtin_parityll(sum[i]) << (s + i);
    }
    return found;
}

/* Begin a batch, or tell the rest of one that agrees so far. */
static int check(struct cascade_frame *frame)
{
    const struct cascade_plan *plan = frame->plan;
    uint64_t alice[MOST_WORDS], error[MOST_WORDS];
    int first = frame->clean ? frame->asked : 0, count = first > 0 ? CHECKS - first : FIRST_CHECKS;
    if (frame->tape->bits + (size_t)count > plan->size)
        return 0;
    for (size_t word = 0; word < plan->words; word++) {
        alice[word] = frame->pass[0].cell[word].alice;
        error[word] = frame->pass[0].cell[word].error;
    }
    if (first == 0) {
        if (frame->batch > 0)
            cascade_draw_subsets(frame->drawn, plan, frame->batch);
        frame->subsets = frame->batch > 0 ? frame->drawn : plan->subsets;
        frame->batch++;
    }
    uint32_t differs = checks(frame, error, first, count);
    cascade_put(frame->tape, checks(frame, alice, first, count), differs, (size_t)count);
    cascade_end_round(frame->tape, (size_t)count);
    frame->disagree = differs << first;
    frame->asked = first + count;
    frame->clean = differs == 0;
    cascade_wipe(alice, sizeof alice);
    cascade_wipe(error, sizeof error);
    return 1;
}

/* Parity of a string over a subset, from one bit to another. */
static uint64_t parity_between(const struct cascade_frame *frame, const uint64_t *subset,
                               size_t from, size_t to, int of_alice)
{
    uint64_t sum = 0;
    for (size_t word = from >> 6; word << 6 < to; word++) {
        const struct cell *cell = &frame->pass[0].cell[word];
        uint64_t part = (of_alice ? cell->alice : cell->error) & subset[word];
        if (to - from < 64)
            part = part >> (from & 63) & (((uint64_t)1 << (to - from)) - 1);
        sum ^= part;
    }
    return (uint64_t)__builtin_parityll(sum);
}

/* Find an error in a subset that disagrees. */
static int search(struct cascade_frame *frame, int s)
{
    const uint64_t *subset = frame->subsets + s;
    int level = TILE_LEVEL + frame->plan->tile_bits;
    size_t start = 0;
    if (frame->tape->bits + (size_t)level > frame->plan->size)
        return 0;
    while (level > 0) {
        level--;
        size_t middle = start + ((size_t)1 << level);
        uint64_t differs = parity_between(frame, subset, start, middle, 0);
        cascade_put(frame->tape, parity_between(frame, subset, start, middle, 1), differs, 1);
        cascade_end_round(frame->tape, 1);
        start = differs ? start : middle;
    }
    flip(frame, PASSES, start);
    return 1;
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Take the next step: 1 when it was taken, 0 when it would tell too much, -1 at the end. */
static int step(struct cascade_frame *frame)
{
    for (int p = 0; p < frame->open; p++)
        if (frame->pass[p].busy_tiles != 0)
            return wave(frame, p);
    if (frame->open < PASSES) {
        if (frame->open > 0)
            shuffle(frame, frame->open);
        return begin(frame, frame->open);
    }
    if (frame->disagree != 0)
        return search(frame, __builtin_ctz(frame->disagree));
    return frame->clean && frame->asked == CHECKS ? -1 : check(frame);
}

void cascade_frame_run(struct cascade_frame *frame, const struct cascade_plan *plan,
                       const uint64_t *alice, uint64_t *bob, struct cascade_tape *tape)
{
    frame->plan = plan;
    frame->tape = tape;
    frame->open = 0;
    frame->subsets = NULL;
    frame->asked = frame->clean = 0;
    frame->disagree = 0;
    frame->batch = 0;
    size_t least = CHECKS;
    for (int p = 0; p < PASSES; p++)
        least += blocks_told(plan, p);
    int taken = least <= plan->size;
    if (taken) {
        in_place(frame, alice, bob);
        do
            taken = step(frame);
        while (taken == 1 && !tape->failed);
    }
    tape->full = taken == 0;
    if (tape->full)
        cascade_end_round(tape, plan->size);
    for (size_t word = 0; word < plan->words; word++)
        bob[word] = tape->full ? alice[word] : alice[word] ^ frame->pass[0].cell[word].error;
}
