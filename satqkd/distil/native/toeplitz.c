/* A Toeplitz matrix of any shape, cut into squares; each square into 27 small ones, which fill the
 * lanes of a vector.
 *
 *     columns ->                          square of h words, three times halved:
 *     +-------+-------+--+                 27 products of h/8 words (three for four, thrice);
 *     |   h   |   h   |  |  rows           4 lanes take 28, 8 lanes 32
 *     +---+---+---+---+--+
 *     |   |   |   |   |  |
 */
#include <stdlib.h>
#include <string.h>
#include "toeplitz.h"

enum { THRICE = 8, SPREAD = 27, SMALLEST = THRICE * LEAF, LARGEST_SPREAD = 8192 };

/* What is worked in: plain words, and the lanes of the small squares. */
typedef struct {
    const toeplitz_path *path;
    const uint64_t *t, *x;
    uint64_t *out;
    size_t rows, columns;
    uint64_t *window, *vector, *result, *scratch;       /* 2 h, h, h, 5 h words */
    uint64_t *lane_t, *lane_x, *lane_out, *lane_scratch; /* 2, 1, 1, 5 words a lane and row */
} work;

/* ---- One square ---- */

/* Hand small square number `at` to its lane. */
static void into_lanes(work *w, size_t at, size_t h, const uint64_t *t, const uint64_t *x)
{
    size_t lanes = w->path->lanes, group = at / lanes, lane = at % lanes;
    uint64_t *to = w->lane_t + group * 2 * h * lanes + lane;
    for (size_t i = 0; i < 2 * h; i++)
        to[i * lanes] = t[i];
    to = w->lane_x + group * h * lanes + lane;
    for (size_t i = 0; i < h; i++)
        to[i * lanes] = x[i];
}

static void out_of_lanes(const work *w, size_t at, size_t h, uint64_t *out)
{
    size_t lanes = w->path->lanes;
    const uint64_t *from = w->lane_out + at / lanes * h * lanes + at % lanes;
    for (size_t i = 0; i < h; i++)
        out[i] = from[i * lanes];
}

/* Sums of quarters of t and of halves of x: T0 + T1 is ts[0..], T1 + T2 is ts[half..]. */
static void sums(size_t half, const uint64_t *t, const uint64_t *x, uint64_t *ts, uint64_t *xs)
{
    for (size_t i = 0; i < 3 * half; i++)
        ts[i] = t[i] ^ t[i + half];
    for (size_t i = 0; i < half; i++)
        xs[i] = x[i] ^ x[i + half];
}

/* out holds T1 (x0 + x1) and (T1 + T2) x0; part holds (T0 + T1) x1. */
static void together(size_t half, uint64_t *out, const uint64_t *part)
{
    for (size_t i = 0; i < half; i++) {
        uint64_t shared = out[i];
        out[i] = shared ^ part[i];
        out[i + half] ^= shared;
    }
}

static void spread(work *w, size_t at, size_t count, size_t h, const uint64_t *t,
                   const uint64_t *x, uint64_t *scratch)
{
    if (count == 1) {
        into_lanes(w, at, h, t, x);
        return;
    }
    size_t half = h / 2, third = count / 3;
    uint64_t *ts = scratch, *xs = ts + 3 * half, *rest = xs + half;
    sums(half, t, x, ts, xs);
    spread(w, at, third, half, t + half, xs, rest);
    spread(w, at + third, third, half, ts, x + half, rest);
    spread(w, at + 2 * third, third, half, ts + half, x, rest);
}

static void gather(const work *w, size_t at, size_t count, size_t h, uint64_t *out,
                   uint64_t *scratch)
{
    if (count == 1) {
        out_of_lanes(w, at, h, out);
        return;
    }
    size_t half = h / 2, third = count / 3;
    gather(w, at, third, half, out, scratch + half);
    gather(w, at + third, third, half, scratch, scratch + half);
    gather(w, at + 2 * third, third, half, out + half, scratch + half);
    together(half, out, scratch);
}

static void square(work *w, size_t h, const uint64_t *t, const uint64_t *x, uint64_t *out,
                   uint64_t *scratch)
{
    if (h <= LARGEST_SPREAD) {
        size_t small = h / THRICE, lanes = w->path->lanes;
        spread(w, 0, SPREAD, h, t, x, scratch);
        for (size_t group = 0; group * lanes < SPREAD; group++)
            w->path->squares(small, w->lane_t + group * 2 * small * lanes,
                             w->lane_x + group * small * lanes,
                             w->lane_out + group * small * lanes, w->lane_scratch);
        gather(w, 0, SPREAD, h, out, scratch);
        return;
    }
    size_t half = h / 2;
    uint64_t *ts = scratch, *xs = ts + 3 * half, *part = xs + half, *rest = part + half;
    sums(half, t, x, ts, xs);
    square(w, half, t + half, xs, out, rest);
    square(w, half, ts, x + half, part, rest);
    square(w, half, ts + half, x, out + half, rest);
    together(half, out, part);
}

/* ---- The matrix ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Copy from[begin ... begin + count), zero where there is none. */
static void cut(uint64_t *to, const uint64_t *from, ptrdiff_t begin, size_t count, size_t size)
{
    size_t before = begin < 0 ? least((size_t)-begin, count) : 0;
    size_t first = (size_t)(begin + (ptrdiff_t)before);
    size_t some = first < size ? least(size - first, count - before) : 0;
    memset(to, 0, before * sizeof *to);
    memcpy(to + before, from + first, some * sizeof *to);
    memset(to + before + some, 0, (count - before - some) * sizeof *to);
}

/* Add what the square at this row and column makes to the result. */
static void place(work *w, size_t h, size_t row, size_t column)
{
    ptrdiff_t begin = (ptrdiff_t)(w->columns + row) - (ptrdiff_t)(column + h);
    cut(w->window, w->t, begin, 2 * h, w->rows + w->columns);
    cut(w->vector, w->x, (ptrdiff_t)column, h, w->columns);
    square(w, h, w->window, w->vector, w->result, w->scratch);
    size_t some = least(h, w->rows - row);
    for (size_t i = 0; i < some; i++)
        w->out[row + i] ^= w->result[i];
}

/* Side of squares for a strip so broad: the power of two above it, or, where that would be filled
 * to five eighths at most, the one below (and smaller squares for the rest): the sooner. */
static size_t side(size_t broad)
{
    size_t h = SMALLEST;
    while (h < broad)
        h *= 2;
    return h > SMALLEST && broad <= h / 8 * 5 ? h / 2 : h;
}

static void cover(work *w, size_t row, size_t rows, size_t column, size_t columns)
{
    if (rows == 0 || columns == 0)
        return;
    size_t h = side(least(rows, columns));
    size_t down = rows < h ? 1 : rows / h, across = columns < h ? 1 : columns / h;
    for (size_t i = 0; i < down; i++)
        for (size_t j = 0; j < across; j++)
            place(w, h, row + i * h, column + j * h);
    size_t done = least(rows, down * h), wide = least(columns, across * h);
    cover(w, row, done, column + wide, columns - wide);
    cover(w, row + done, rows - done, column, columns);
}

/* Zeros that the compiler does not leave out: what was worked in hangs on a secret. */
static void wipe(volatile uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        words[i] = 0;
}

int toeplitz_multiply(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                      uint64_t *out, size_t rows, size_t columns)
{
    memset(out, 0, rows * sizeof *out);
    size_t h = side(least(rows, columns));
    size_t small = least(h, LARGEST_SPREAD) / THRICE, lanes = path->lanes;
    size_t filled = (SPREAD + lanes - 1) / lanes * lanes * small;
    size_t words = 9 * h + 4 * filled + 5 * small * lanes;
    void *memory = calloc(words + 8, sizeof *out);
    if (memory == NULL)
        return -1;
    uint64_t *start = (uint64_t *)(((uintptr_t)memory + 63) / 64 * 64);
    work w = {.path = path, .t = t, .x = x, .out = out, .rows = rows, .columns = columns};
    w.lane_t = start; /* every array of lanes is a multiple of 64 bytes */
    w.lane_x = w.lane_t + 2 * filled;
    w.lane_out = w.lane_x + filled;
    w.lane_scratch = w.lane_out + filled;
    w.window = w.lane_scratch + 5 * small * lanes;
    w.vector = w.window + 2 * h;
    w.result = w.vector + h;
    w.scratch = w.result + h;
    cover(&w, 0, rows, 0, columns);
    wipe(start, words);
    free(memory);
    return 0;
}
