/* Cascade: what was said of one frame, round by round. */
#include "cascade.h"
#include <stdlib.h>

int cascade_tape_open(struct cascade_tape *tape, size_t size)
{
    *tape = (struct cascade_tape){.capacity = size, .room = 512};
    tape->alice = calloc(size / 64 + 1, 8);
    tape->bob = calloc(size / 64 + 1, 8);
    tape->lengths = malloc(tape->room * sizeof *tape->lengths);
    tape->failed = tape->alice == NULL || tape->bob == NULL || tape->lengths == NULL;
    return !tape->failed;
}

void cascade_tape_close(struct cascade_tape *tape)
{
    free(tape->alice);
    free(tape->bob);
    free(tape->lengths);
    *tape = (struct cascade_tape){0};
}

void cascade_put(struct cascade_tape *tape, int alice, int bob)
{
    tape->alice[tape->bits >> 6] |= (uint64_t)alice << (tape->bits & 63);
    tape->bob[tape->bits >> 6] |= (uint64_t)bob << (tape->bits & 63);
    tape->bits++;
}

void cascade_end_round(struct cascade_tape *tape, size_t told)
{
    if (tape->rounds == tape->room) {
        uint32_t *more = realloc(tape->lengths, 2 * tape->room * sizeof *more);
        if (more == NULL) {
            tape->failed = 1;
            return;
        }
        tape->lengths = more;
        tape->room *= 2;
    }
    tape->lengths[tape->rounds++] = (uint32_t)told;
}
