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

static void put(uint64_t *words, size_t first, uint64_t bits, size_t count)
{
    unsigned offset = first & 63;
    words[first >> 6] |= bits << offset;
    if (offset + count > 64)
        words[(first >> 6) + 1] = bits >> (64 - offset);
}

void cascade_put(struct cascade_tape *tape, uint64_t alice, uint64_t bob, size_t bits)
{
    uint64_t kept = bits < 64 ? ((uint64_t)1 << bits) - 1 : ~(uint64_t)0;
    if (bits == 0)
        return;
    put(tape->alice, tape->bits, alice & kept, bits);
    put(tape->bob, tape->bits, bob & kept, bits);
    tape->bits += bits;
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
