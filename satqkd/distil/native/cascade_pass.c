/* Cascade: how a pass begins. Its bits are shuffled, its parities built, its blocks told. */
#include "cascade_frame.h"

static const uint64_t FIRSTS[WORD_LEVEL + 1] = {
    /* where blocks of 1, 2, 4 ... bits begin in a word */
    0xFFFFFFFFFFFFFFFFu, 0x5555555555555555u, 0x1111111111111111u, 0x0101010101010101u,
    0x0001000100010001u, 0x0000000100000001u, 0x0000000000000001u,
};

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
void cascade_shuffle(struct cascade_frame *frame, int p)
{
    const struct cascade_plan *plan = frame->plan;
    struct pass *pass = &frame->pass[p];
    memset(pass->alice[0], 0, sizeof pass->alice[0]);
    memset(pass->error[0], 0, sizeof pass->error[0]);
    uint64_t alice[64], error[64];
    for (size_t tile = 0; tile < plan->tiles; tile++) {
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
    cascade_wipe(alice, sizeof alice);
    cascade_wipe(error, sizeof error);
}

void cascade_in_place(struct cascade_frame *frame, const uint64_t *alice, const uint64_t *bob)
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
            cascade_fold(levels, pass->cell[i].alice);
            alice = levels[level];
            cascade_fold(levels, pass->cell[i].error);
            differs = pass->cell[i].odd = levels[level] & FIRSTS[level];
            if (differs != 0)
                cascade_mark(pass, i);
        } else {
            alice = pass->alice[step][i];
            differs = pass->error[step][i] & FIRSTS[step];
            for (uint64_t odd = differs; odd != 0; odd &= odd - 1) {
                size_t word = i << 6 | (size_t)__builtin_ctzll(odd);
                pass->cell[word].odd = 1;
                cascade_mark(pass, word);
            }
        }
        size_t count = left < most ? left : most;
        cascade_put(frame->tape, gathered(alice, step), gathered(differs, step), count);
        left -= count;
    }
    if (told > 0)
        cascade_end_round(frame->tape, told);
}

size_t cascade_blocks_told(const struct cascade_plan *plan, int p)
{
    if (p == 0)
        return (plan->size + ((size_t)1 << plan->level[0]) - 1) >> plan->level[0];
    return (plan->words * 64 >> plan->level[p]) - 1;
}

int cascade_begin(struct cascade_frame *frame, int p)
{
    const struct cascade_plan *plan = frame->plan;
    struct pass *pass = &frame->pass[p];
    size_t told = cascade_blocks_told(plan, p);
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
