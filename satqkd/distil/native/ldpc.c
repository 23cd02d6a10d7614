/* Decoding of quasi-cyclic codes; satqkd/distil/reconcile/ldpc_decoder.py says the rule and gives
 * the same bytes. A lane is a row of a circulant: one frame at a time, Z rows at once. */
#include "native.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 64            /* lanes at once; every lift is a multiple */
#define MOST_LIFT 128
#define MOST_WEIGHT 1024    /* bits in a row; what a row gathers stays in the first cache */
#define STRONGEST 63        /* |bit| that a row can reckon with at most, 1/3 in log-likelihood */
#define CORRECTION 33       /* 4 log 2 in 1/12, where a row reckons */
#define CERTAIN 127         /* a bit that is known */

struct edge { uint16_t column, turn, shift; };
struct row { const struct edge *edges; size_t first, weight; const uint8_t *syndrome; };
struct code { size_t rows, columns, lift; const int32_t *starts; const uint16_t *last; };
struct frame { int8_t *posterior, *messages, *without; uint8_t strongest; };
struct answer { uint8_t weakest[MOST_LIFT], rest[MOST_LIFT], all[MOST_LIFT], sign[MOST_LIFT]; };

#include "ldpc_lanes.h"

#define SUFFIX _any
#define V lanes
#define LANES 16
#define LOAD(from) lanes_load(from)
#define STORE(to, v) lanes_store(to, v)
#define SET(x) lanes_set(x)
#define MIN(a, b) lanes_min(a, b)
#define MAX(a, b) lanes_max(a, b)
#define ADD(a, b) ((a) + (b))
#define SUB(a, b) ((a) - (b))
#define XOR(a, b) ((a) ^ (b))
#define QUARTER(a) ((a) >> 2)
#define EQUAL(a, b) ((V)((a) == (b)))
#define CHOOSE(mask, a, b) lanes_choose(mask, a, b)
#define ABS(a) lanes_min(a, -(a))
#define SUB_FLOOR(a, b) lanes_sub_floor(a, b)
#define SUB_SIGNED(a, b) lanes_sub_signed(a, b)
#define ADD_SIGNED(a, b) lanes_add_signed(a, b)
#define SIGNED(a, by) lanes_signed(a, by)
#include "ldpc_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE 1
#include <immintrin.h>
#undef SUFFIX
#undef V
#undef LANES
#undef LOAD
#undef STORE
#undef SET
#undef MIN
#undef MAX
#undef ADD
#undef SUB
#undef XOR
#undef QUARTER
#undef EQUAL
#undef CHOOSE
#undef ABS
#undef SUB_FLOOR
#undef SUB_SIGNED
#undef ADD_SIGNED
#undef SIGNED
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define SUFFIX _avx2
#define V __m256i
#define LANES 32
#define LOAD(from) _mm256_loadu_si256((const __m256i *)(from))
#define STORE(to, v) _mm256_storeu_si256((__m256i *)(to), v)
#define SET(x) _mm256_set1_epi8((char)(x))
#define MIN(a, b) _mm256_min_epu8(a, b)
#define MAX(a, b) _mm256_max_epu8(a, b)
#define ADD(a, b) _mm256_add_epi8(a, b)
#define SUB(a, b) _mm256_sub_epi8(a, b)
#define XOR(a, b) _mm256_xor_si256(a, b)
#define QUARTER(a) _mm256_and_si256(_mm256_srli_epi16(a, 2), _mm256_set1_epi8(63))
#define EQUAL(a, b) _mm256_cmpeq_epi8(a, b)
#define CHOOSE(mask, a, b) _mm256_blendv_epi8(b, a, mask)
#define ABS(a) _mm256_abs_epi8(a)
#define SUB_FLOOR(a, b) _mm256_subs_epu8(a, b)
#define SUB_SIGNED(a, b) _mm256_subs_epi8(a, b)
#define ADD_SIGNED(a, b) _mm256_adds_epi8(a, b)
#define SIGNED(a, by) _mm256_sign_epi8(a, _mm256_or_si256(by, _mm256_set1_epi8(1)))
#include "ldpc_kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

/* Bits of a frame lie column by column, lane by lane. */
static inline int bit(const uint64_t *words, size_t i) { return (int)(words[i / 64] >> (i % 64) & 1); }

/* Where a bit's posterior lies: its column has turned to how its last row sees it. */
static inline int8_t *place(const struct code *code, const struct frame *frame, size_t column,
                            size_t lane)
{
    size_t turned = (lane + code->lift - code->last[column]) % code->lift;
    return frame->posterior + column * 2 * code->lift + turned;
}

/* Give every bit its prior (what is not known) or certainty (what is). */
static void tell_known(const struct code *code, const struct frame *frame, const uint64_t *known,
                       const uint64_t *value)
{
    for (size_t w = 0; w < code->columns * code->lift / 64; w++)
        for (uint64_t left = known[w]; left != 0; left &= left - 1) {
            size_t i = w * 64 + (size_t)__builtin_ctzll(left);
            int8_t *to = place(code, frame, i / code->lift, i % code->lift);
            to[0] = to[code->lift] = bit(value, i) ? -CERTAIN : CERTAIN;
        }
}

/* Whether every row has the parity it must have; stops at the first that has not. */
static int agrees(const struct code *code, const struct row *rows, const struct frame *frame)
{
    for (size_t r = 0; r < code->rows; r++) {
        uint64_t parity[MOST_LIFT / 8], word;
        memcpy(parity, rows[r].syndrome, code->lift);
        for (size_t e = 0; e < rows[r].weight; e++) {
            const struct edge *edge = rows[r].edges + e;
            size_t turn = (size_t)(edge->shift + code->lift - code->last[edge->column]) % code->lift;
            const int8_t *seen = frame->posterior + edge->column * 2 * code->lift + turn;
            for (size_t i = 0; i < code->lift / 8; i++) {
                memcpy(&word, seen + 8 * i, 8);
                parity[i] ^= word;
            }
        }
        uint64_t odd = 0;
        for (size_t i = 0; i < code->lift / 8; i++)
            odd |= parity[i];
        if (odd & 0x8080808080808080u)
            return 0;
    }
    return 1;
}

/* The sign of every posterior, 8 lanes to an octet. */
static void hard_decisions(const struct code *code, const struct frame *frame, uint64_t *out)
{
    for (size_t c = 0; c < code->columns; c++) {
        const int8_t *from = place(code, frame, c, 0);
        for (size_t i = 0; i < code->lift; i += 8) {
            uint64_t octet = 0;
            for (size_t k = 0; k < 8; k++)
                octet |= (uint64_t)(from[i + k] < 0) << k;
            out[(c * code->lift + i) / 64] |= octet << (i % 64);
        }
    }
}

/* Positions of the bits that are least sure: fewer |posterior| first, then the later position. */
static void weakest(const struct code *code, const struct frame *frame, const uint64_t *known,
                    size_t wanted, uint32_t *out)
{
    size_t bits = code->columns * code->lift, count[256] = {0}, limit = 0, before = 0, n = 0;
    uint8_t *size = (uint8_t *)frame->messages; /* no more needed, and longer than the frame */
    for (size_t i = 0; i < bits; i++) {
        const int8_t *from = place(code, frame, i / code->lift, 0);
        size[i] = bit(known, i) ? 255 : (uint8_t)abs(from[i % code->lift]);
        count[size[i]]++;
    }
    while (limit < 128 && before + count[limit] < wanted)
        before += count[limit++];
    size_t equal = wanted - before, skip = count[limit] > equal ? count[limit] - equal : 0;
    for (size_t i = 0; i < bits && n < wanted; i++)
        if (size[i] < limit || (size[i] == limit && (skip == 0 || skip-- == 0)))
            out[n++] = (uint32_t)i;
}

struct task {
    struct code code;
    const struct edge *edges;
    size_t frames, sweeps, wanted;
    const uint64_t *syndromes, *known, *value;
    int prior, strongest, narrow;
    uint64_t *errors;
    uint8_t *done;
    uint32_t *weak;
};

static void decode_frame(const struct task *task, size_t f, struct row *rows,
                         const struct frame *frame, uint8_t *parity)
{
    const struct code *code = &task->code;
    size_t bits = code->columns * code->lift, checks = code->rows * code->lift;
    const uint64_t *known = task->known + f * (bits / 64), *value = task->value + f * (bits / 64);
    for (size_t i = 0; i < checks; i++)
        parity[i] = bit(task->syndromes + f * (checks / 64), i) ? 0x80 : 0;
    memset(frame->posterior, task->prior, 2 * bits);
    memset(frame->messages, 0, (size_t)code->starts[code->rows] * code->lift);
    tell_known(code, frame, known, value);
    for (size_t s = 0; s < task->sweeps && !task->done[f]; s++) {
#ifdef WIDE
        if (!task->narrow)
            sweep_avx2(code, rows, frame);
        else
#endif
            sweep_any(code, rows, frame);
        tell_known(code, frame, known, value);
        task->done[f] = (uint8_t)agrees(code, rows, frame);
    }
    hard_decisions(code, frame, task->errors + f * (bits / 64));
    if (!task->done[f])
        weakest(code, frame, known, task->wanted, task->weak + f * task->wanted);
}

/* Overwrite and free what held bits of a key; a compiler may not leave it out. */
static void forget(void *what, size_t size)
{
    volatile uint8_t *byte = what;
    for (size_t i = 0; what != NULL && i < size; i++)
        byte[i] = 0;
    free(what);
}

static int decode_all(const struct task *task)
{
    const struct code *code = &task->code;
    size_t bits = code->columns * code->lift, checks = code->rows * code->lift, widest = 0;
    size_t messages = (size_t)code->starts[code->rows] * code->lift;
    struct row *rows = calloc(code->rows, sizeof *rows);
    uint8_t *parity = malloc(checks);
    for (size_t r = 0; rows != NULL && r < code->rows; r++) {
        size_t first = (size_t)code->starts[r], weight = (size_t)code->starts[r + 1] - first;
        rows[r] = (struct row){task->edges + first, first, weight, parity + r * code->lift};
        widest = weight > widest ? weight : widest;
    }
    struct frame frame = {malloc(2 * bits), malloc(messages), malloc(widest * code->lift),
                          (uint8_t)task->strongest};
    int fine = rows && parity && frame.posterior && frame.messages && frame.without;
    for (size_t f = 0; fine && f < task->frames; f++)
        decode_frame(task, f, rows, &frame, parity);
    forget(parity, checks);
    forget(frame.posterior, 2 * bits);
    forget(frame.messages, messages);
    forget(frame.without, widest * code->lift);
    free(rows);
    return fine;
}

/* Whether a code and its frames have the lengths they must have, so that nothing is read beyond. */
static int sound(const struct task *task, const Py_buffer *in)
{
    const struct code *code = &task->code;
    if ((code->lift != 64 && code->lift != 128) || code->rows == 0 || code->columns == 0
        || code->rows > 0xffff || code->columns > 0xffff || task->frames > 1u << 20
        || task->wanted > code->columns * code->lift || task->prior < 1 || task->prior > CERTAIN || task->strongest < 1
        || task->strongest > STRONGEST)
        return 0;
    size_t bytes = task->frames * (code->lift / 8);
    if ((size_t)in[0].len != 4 * (code->rows + 1) || (size_t)in[2].len != 2 * code->columns
        || (size_t)in[3].len != bytes * code->rows || (size_t)in[4].len != bytes * code->columns
        || (size_t)in[5].len != bytes * code->columns || code->starts[0] != 0)
        return 0;
    for (size_t r = 0; r < code->rows; r++)
        if (code->starts[r + 1] <= code->starts[r]
            || code->starts[r + 1] - code->starts[r] > MOST_WEIGHT)
            return 0;
    size_t entries = (size_t)code->starts[code->rows];
    if ((size_t)in[1].len != sizeof(struct edge) * entries || entries < code->columns)
        return 0;
    for (size_t e = 0; e < entries; e++)
        if (task->edges[e].column >= code->columns || task->edges[e].turn >= code->lift
            || task->edges[e].shift >= code->lift)
            return 0;
    for (size_t c = 0; c < code->columns; c++)
        if (code->last[c] >= code->lift)
            return 0;
    return 1;
}

/* Room for what comes out, and the work, without the lock of the interpreter. */
static PyObject *decoded(struct task *task)
{
    size_t words = task->frames * task->code.columns * (task->code.lift / 64);
    PyObject *errors = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(8 * words));
    PyObject *done = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)task->frames);
    PyObject *weak
        = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(4 * task->frames * task->wanted));
    PyObject *out = NULL;
    if (errors != NULL && done != NULL && weak != NULL) {
        task->errors = memset(PyBytes_AsString(errors), 0, 8 * words);
        task->done = memset(PyBytes_AsString(done), 0, task->frames);
        task->weak = memset(PyBytes_AsString(weak), 0, 4 * task->frames * task->wanted);
        int fine;
        Py_BEGIN_ALLOW_THREADS
        fine = decode_all(task);
        Py_END_ALLOW_THREADS
        out = fine ? PyTuple_Pack(3, errors, done, weak) : PyErr_NoMemory();
    }
    Py_XDECREF(errors);
    Py_XDECREF(done);
    Py_XDECREF(weak);
    return out;
}

static PyObject *ldpc_decode(PyObject *self, PyObject *args)
{
    Py_ssize_t rows, columns, lift, frames, sweeps, wanted;
    Py_buffer in[6];
    struct task task = {0};
    (void)self;
    if (!PyArg_ParseTuple(args, "(nnny*y*y*)ny*y*y*iinnp", &rows, &columns, &lift, in, in + 1,
                          in + 2, &frames, in + 3, in + 4, in + 5, &task.prior, &task.strongest, &sweeps, &wanted,
                          &task.narrow))
        return NULL;
    PyObject *out = NULL;
    task.code = (struct code){(size_t)rows, (size_t)columns, (size_t)lift, in[0].buf, in[2].buf};
    task.edges = in[1].buf;
    task.frames = (size_t)frames, task.sweeps = (size_t)sweeps, task.wanted = (size_t)wanted;
    task.syndromes = in[3].buf, task.known = in[4].buf, task.value = in[5].buf;
#ifdef WIDE
    task.narrow = task.narrow || !__builtin_cpu_supports("avx2");
#endif
    if (rows < 0 || columns < 0 || frames < 0 || sweeps < 0 || wanted < 0 || !sound(&task, in))
        PyErr_SetString(PyExc_ValueError, "lengths do not fit together");
    else
        out = decoded(&task);
    for (size_t i = 0; i < sizeof in / sizeof *in; i++)
        PyBuffer_Release(in + i);
    return out;
}

PyMethodDef distil_ldpc_methods[] = {
    {"ldpc_decode", ldpc_decode, METH_VARARGS,
     "ldpc_decode(code, frames, syndromes, known, value, prior, strongest, sweeps, "
     "wanted, narrow): what "
     "satqkd.distil.reconcile.ldpc_decoder says."},
    {NULL, NULL, 0, NULL},
};
