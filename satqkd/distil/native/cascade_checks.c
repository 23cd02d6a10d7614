/* Cascade: parities of random subsets, and the way to an error in one that differs. */
#include "cascade_frame.h"

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
int cascade_check(struct cascade_frame *frame)
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
int cascade_search(struct cascade_frame *frame, int s)
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
    cascade_flip(frame, PASSES, start);
    return 1;
}
