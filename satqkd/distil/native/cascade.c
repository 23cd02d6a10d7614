/* Cascade on a block: its frames one after another, what was said put together round by round. */
#include "native.h"
#include "cascade.h"
#include <stdlib.h>

struct block {
    const uint64_t *alice;
    uint64_t *bob;
    size_t size, frame_bits, frames;
    struct cascade_plan *plans;    /* of a whole frame, and of the last, shorter one */
    struct cascade_tape *tapes;    /* one a frame */
    size_t rounds;
};

static int run_last(const struct block *block, struct cascade_frame *frame)
{
    uint64_t alice[MOST_WORDS] = {0}, bob[MOST_WORDS] = {0};
    size_t first = (block->frames - 1) * (block->frame_bits / 64);
    size_t words = (block->size + 63) / 64 - first;
    memcpy(alice, block->alice + first, words * 8);
    memcpy(bob, block->bob + first, words * 8);
    cascade_frame_run(frame, &block->plans[1], alice, bob, &block->tapes[block->frames - 1]);
    memcpy(block->bob + first, bob, words * 8);
    cascade_wipe(alice, sizeof alice);
    cascade_wipe(bob, sizeof bob);
    return !block->tapes[block->frames - 1].failed;
}

static int run_frames(struct block *block)
{
    struct cascade_frame *frame = cascade_frame_new();
    int fine = frame != NULL;
    for (size_t i = 0; fine && i < block->frames; i++) {
        size_t left = block->size - i * block->frame_bits;
        size_t size = left < block->frame_bits ? left : block->frame_bits;
        size_t first = i * (block->frame_bits / 64);
        fine = cascade_tape_open(&block->tapes[i], size);
        if (fine && size < block->frame_bits)
            fine = run_last(block, frame);
        else if (fine) {
            cascade_frame_run(frame, &block->plans[0], block->alice + first, block->bob + first,
                              &block->tapes[i]);
            fine = !block->tapes[i].failed;
        }
        if (block->tapes[i].rounds > block->rounds)
            block->rounds = block->tapes[i].rounds;
    }
    if (frame != NULL)
        cascade_frame_wipe(frame);
    return fine;
}

/* ---- messages: every round, what is said of all frames, filled up to bytes ----------------- */

struct writer {
    uint8_t *to;
    uint64_t held;
    unsigned fill;
};

static inline void append(struct writer *writer, const uint64_t *from, size_t first, size_t bits)
{
    while (bits > 0) {
        unsigned offset = first & 63, count = bits < 64 ? (unsigned)bits : 64;
        uint64_t word = from[first >> 6] >> offset;
        if (offset + count > 64)
            word |= from[(first >> 6) + 1] << (64 - offset);
        if (count < 64)
            word &= ((uint64_t)1 << count) - 1;
        writer->held |= word << writer->fill;
        if (writer->fill + count >= 64) {
            for (int i = 0; i < 8; i++)
                *writer->to++ = (uint8_t)(writer->held >> 8 * i);
            writer->held = writer->fill > 0 ? word >> (64 - writer->fill) : 0;
            writer->fill = writer->fill + count - 64;
        } else
            writer->fill += count;
        first += count;
        bits -= count;
    }
}

static void end_message(struct writer *writer)
{
    for (unsigned i = 0; i < writer->fill; i += 8)
        *writer->to++ = (uint8_t)(writer->held >> i);
    writer->held = writer->fill = 0;
}

static int last_round_is_full(const struct cascade_tape *tape, size_t round)
{
    return tape->full && round == tape->rounds - 1;
}

static void count(const struct block *block, int64_t *alice, int64_t *bob)
{
    for (size_t i = 0; i < block->frames; i++)
        for (size_t r = 0; r < block->tapes[i].rounds; r++) {
            alice[r] += block->tapes[i].lengths[r];
            if (!last_round_is_full(&block->tapes[i], r))
                bob[r] += block->tapes[i].lengths[r];
        }
}

static int put_together(const struct block *block, uint8_t *alice, uint8_t *bob)
{
    struct writer by_alice = {.to = alice}, by_bob = {.to = bob};
    size_t *at = calloc(block->frames, sizeof *at);
    if (at == NULL)
        return 0;
    for (size_t r = 0; r < block->rounds; r++) {
        for (size_t i = 0; i < block->frames; i++) {
            const struct cascade_tape *tape = &block->tapes[i];
            if (r >= tape->rounds)
                continue;
            size_t bits = tape->lengths[r];
            if (last_round_is_full(tape, r)) {
                append(&by_alice, block->alice + i * (block->frame_bits / 64), 0, bits);
                continue;
            }
            append(&by_alice, tape->alice, at[i], bits);
            if (r + 1 < block->rounds)
                append(&by_bob, tape->bob, at[i], bits);
            at[i] += bits;
        }
        end_message(&by_alice);
        end_message(&by_bob);
    }
    free(at);
    return 1;
}

/* ---- Python -------------------------------------------------------------------------------- */

static Py_ssize_t filled(const int64_t *bits, size_t messages)
{
    Py_ssize_t bytes = 0;
    for (size_t r = 0; r < messages; r++)
        bytes += (Py_ssize_t)((bits[r] + 7) / 8);
    return bytes;
}

/* What Python is given of a block that has run: (told, alice's lengths and content, bob's). */
static PyObject *outcome(struct block *block)
{
    size_t said = block->rounds > 0 ? block->rounds : 1;
    size_t asked = said - 1;
    int64_t *lengths = calloc(2 * said, sizeof *lengths);
    if (lengths == NULL)
        return PyErr_NoMemory();
    count(block, lengths, lengths + said);
    PyObject *alice = PyBytes_FromStringAndSize(NULL, filled(lengths, said));
    PyObject *bob = PyBytes_FromStringAndSize(NULL, filled(lengths + said, asked));
    PyObject *told = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)block->frames);
    PyObject *result = NULL;
    if (alice != NULL && bob != NULL && told != NULL) {
        uint8_t *by_alice = (uint8_t *)PyBytes_AsString(alice);
        uint8_t *by_bob = (uint8_t *)PyBytes_AsString(bob);
        char *full = PyBytes_AsString(told);
        int fine = 1;
        for (size_t i = 0; i < block->frames; i++)
            full[i] = (char)block->tapes[i].full;
        Py_BEGIN_ALLOW_THREADS
        fine = block->frames == 0 || put_together(block, by_alice, by_bob);
        Py_END_ALLOW_THREADS
        if (fine)
            result = Py_BuildValue("Oy#Oy#O", told, (char *)lengths, (Py_ssize_t)(8 * said), alice,
                                   (char *)(lengths + said), (Py_ssize_t)(8 * asked), bob);
        else
            PyErr_NoMemory();
    }
    Py_XDECREF(alice);
    Py_XDECREF(bob);
    Py_XDECREF(told);
    free(lengths);
    return result;
}

static PyObject *run(struct block *block, const int levels[2][PASSES], uint64_t seed)
{
    PyObject *result = NULL;
    int fine = 0;
    block->plans = calloc(2, sizeof *block->plans);
    block->tapes = calloc(block->frames + 1, sizeof *block->tapes);
    if (block->plans != NULL && block->tapes != NULL) {
        Py_BEGIN_ALLOW_THREADS
        cascade_make_plan(&block->plans[0], block->frame_bits, levels[0], seed);
        if (block->size % block->frame_bits != 0)
            cascade_make_plan(&block->plans[1], block->size % block->frame_bits, levels[1],
                              seed);
        fine = run_frames(block);
        Py_END_ALLOW_THREADS
    }
    result = fine ? outcome(block) : PyErr_NoMemory();
    for (size_t i = 0; block->tapes != NULL && i < block->frames; i++)
        cascade_tape_close(&block->tapes[i]);
    free(block->tapes);
    free(block->plans);
    return result;
}

static int sane(const struct block *block, Py_ssize_t alice, Py_ssize_t bob,
                const int levels[2][PASSES])
{
    for (int i = 0; i < 2 * PASSES; i++)
        if (levels[i / PASSES][i % PASSES] < 1 || levels[i / PASSES][i % PASSES] > TILE_LEVEL)
            return 0;
    Py_ssize_t bytes = (Py_ssize_t)((block->size + 63) / 64 * 8);
    return alice == bytes && bob == bytes && block->frame_bits >= 1u << TILE_LEVEL &&
           block->frame_bits <= 64 * MOST_WORDS &&
           (block->frame_bits & (block->frame_bits - 1)) == 0;
}

static PyObject *cascade(PyObject *self, PyObject *args)
{
    Py_buffer alice, bob;
    Py_ssize_t size, frame_bits;
    int levels[2][PASSES];
    unsigned long long seed;
    PyObject *result = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*w*nn(iii)(iii)K", &alice, &bob, &size, &frame_bits,
                          &levels[0][0], &levels[0][1], &levels[0][2], &levels[1][0],
                          &levels[1][1], &levels[1][2], &seed))
        return NULL;
    struct block block = {.alice = alice.buf, .bob = bob.buf, .size = (size_t)size,
                          .frame_bits = (size_t)frame_bits};
    if (size < 0 || frame_bits < 1 || !sane(&block, alice.len, bob.len, levels))
        PyErr_SetString(PyExc_ValueError, "buffers, frame_bits or levels do not fit");
    else {
        block.frames = (block.size + block.frame_bits - 1) / block.frame_bits;
        result = run(&block, levels, seed);
    }
    PyBuffer_Release(&alice);
    PyBuffer_Release(&bob);
    return result;
}

PyMethodDef distil_cascade_methods[] = {
    {"cascade", cascade, METH_VARARGS,
     "cascade(alice, bob, size, frame_bits, levels, levels_of_last, seed): correct bob's "
     "words in place; return what frames were told in full, and lengths and content of what each end said."},
    {NULL, NULL, 0, NULL},
};
