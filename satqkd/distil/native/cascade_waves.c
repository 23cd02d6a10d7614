/* Cascade: odd leaves are halved, each to the bit that differs, and the bit turns leaves of other
 * passes odd or even. */
#include "cascade_frame.h"

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
    cascade_mark(pass, word);
}

void cascade_flip(struct cascade_frame *frame, int found, size_t place)
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
    cascade_fold(told_of, pass->cell[word].alice);
    cascade_fold(differs_of, pass->cell[word].error);
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
    cascade_flip(frame, p, word << 6 | bit);
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

int cascade_wave(struct cascade_frame *frame, int p)
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
