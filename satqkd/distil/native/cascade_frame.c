/* Cascade on one frame, both ends at once: what Alice tells and where Bob differs, in the order in
 * which it would be said. Both ends know where parities differ, and nothing but that steers them:
 * so the books are kept once, beside Alice's bits and the errors (hers xor his). */
#include "cascade_frame.h"
#include <stdlib.h>

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

/* Take the next step: 1 when it was taken, 0 when it would tell too much, -1 at the end. */
static int step(struct cascade_frame *frame)
{
    for (int p = 0; p < frame->open; p++)
        if (frame->pass[p].busy_tiles != 0)
            return cascade_wave(frame, p);
    if (frame->open < PASSES) {
        if (frame->open > 0)
            cascade_shuffle(frame, frame->open);
        return cascade_begin(frame, frame->open);
    }
    if (frame->disagree != 0)
        return cascade_search(frame, __builtin_ctz(frame->disagree));
    return frame->clean && frame->asked == CHECKS ? -1 : cascade_check(frame);
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
        least += cascade_blocks_told(plan, p);
    int taken = least <= plan->size;
    if (taken) {
        cascade_in_place(frame, alice, bob);
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
