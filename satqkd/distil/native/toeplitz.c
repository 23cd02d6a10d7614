/* A Toeplitz matrix of any shape, cut into squares of which 2^16 points give a row of products.
 *
 *     columns ->                      a column of squares shares its part of x, a diagonal its part
 *     +-------+-------+----           of t; a row is summed at the points and comes back once
 *     | 2^20  | 2^20  |     rows      (what sticks out is filled with zeros)
 *     +-------+-------+----
 */
#include <stdlib.h>
#include <string.h>
#include "toeplitz.h"

/* Everything is in coefficients of 32 bits. */
typedef struct {
    const uint64_t *t, *x;
    uint64_t *out;
    size_t rows, columns;     /* of the matrix */
    size_t height, width;     /* of what is multiplied at once; together at most POINTS */
    size_t down, across;      /* how many of them */
    uint64_t *t_values; /* of down + across - 1 diagonals, the lowest first, each STEP on */
    uint64_t *x_values; /* of across columns */
    uint64_t *sums;     /* of down rows */
    uint64_t *product;  /* POINTS coefficients of one row */
    uint32_t *coefficients; /* POINTS that go in */
    toeplitz_tables tables;
} work;

static void fill(toeplitz_tables *tables)
{
    /* z^61 is no sum of the form y^2 + y, so S^63 takes it to 1, which is beta_0. */
    uint64_t beta[16], y = UINT64_C(1) << 61;
    for (int i = 62; i >= 0; i--) {
        y ^= element_product(y, y);
        if (i < 16)
            beta[i] = y;
    }
    tables->block[0] = 0;
    for (size_t m = 0; m < 7; m++)
        for (size_t t = 0; t < (size_t)1 << m; t++)
            tables->block[t + ((size_t)1 << m)] = tables->block[t] ^ beta[m + 1];
    for (size_t j = 0; j < 8; j++) {
        tables->row[j][0] = 0;
        for (size_t m = 0; m < 8; m++)
            for (size_t r = 0; r < (size_t)1 << m; r++)
                tables->row[j][r + ((size_t)1 << m)] = tables->row[j][r] ^ beta[m + 1 + 7 - j];
    }
}

/* Divide by s_8 and its powers: at first by the largest, then what comes out and what is left over.
 * (y^256 + y)^(k / 512) = y^(k / 2) + y^g */
static void divide(uint32_t *f, size_t k)
{
    size_t g = k / 2 / SIDE;
    if (g == 0)
        return;
    for (size_t i = 0; i < g; i++)
        f[k / 2 + i] ^= f[k - g + i];
    for (size_t i = g; i < k / 2; i++)
        f[i] ^= f[i + k / 2 - g];
    divide(f, k / 2);
    divide(f + k / 2, k / 2);
}

static void undivide(uint64_t *f, size_t k)
{
    size_t g = k / 2 / SIDE;
    if (g == 0)
        return;
    undivide(f, k / 2);
    undivide(f + k / 2, k / 2);
    for (size_t i = g; i < k / 2; i++)
        f[i] ^= f[i + k / 2 - g];
    for (size_t i = 0; i < g; i++)
        f[k / 2 + i] ^= f[k - g + i];
}

static uint32_t coefficient(const uint64_t *words, size_t i)
{
    return (uint32_t)(words[i / 2] >> 32 * (i % 2));
}

/* Coefficients begin ... begin + count of words, zero where there are none and behind them. */
static void cut(uint32_t *to, const uint64_t *words, ptrdiff_t begin, size_t count, size_t size)
{
    size_t i = 0, first = begin < 0 ? (size_t)-begin : 0;
    for (; i < first && i < count; i++)
        to[i] = 0;
    for (; i < count && begin + (ptrdiff_t)i < (ptrdiff_t)size; i++)
        to[i] = coefficient(words, (size_t)(begin + (ptrdiff_t)i));
    memset(to + i, 0, (POINTS - i) * sizeof *to);
    divide(to, POINTS);
}

static ptrdiff_t diagonal_begin(const work *w, size_t row, size_t column)
{
    return (ptrdiff_t)(w->columns + row * w->height) - (ptrdiff_t)((column + 1) * w->width);
}

/* Where the diagonal is as long as there are points, its last coefficient times the last of x
 * comes out at the place from which half a coefficient is wanted: what to add there again. */
static uint64_t come_round(const work *w, size_t row)
{
    uint64_t sum = 0;
    if (w->height + w->width < POINTS)
        return 0;
    for (size_t j = 0; j < w->across; j++) {
        size_t last = (j + 1) * w->width - 1;
        ptrdiff_t end = diagonal_begin(w, row, j) + POINTS - 1;
        if (last < w->columns && end >= 0 && end < (ptrdiff_t)(w->rows + w->columns))
            sum ^= element_product(coefficient(w->t, (size_t)end), coefficient(w->x, last));
    }
    return sum;
}

/* Coefficients of 63 bits overlap by 31: what comes before a word, it, what comes after. */
static void place(const work *w, size_t row)
{
    uint64_t *from = w->product + w->width, *to = w->out + row * w->height / 2;
    size_t left = (w->rows - row * w->height) / 2, half = w->height / 2;
    from[-1] ^= come_round(w, row);
    for (size_t i = 0; i < (half < left ? half : left); i++)
        to[i] = from[2 * i] ^ from[2 * i - 1] >> 32 ^ from[2 * i + 1] << 32;
}

static void by_points(work *w, const toeplitz_path *path)
{
    fill(&w->tables);
    for (size_t d = 0; d < w->down + w->across - 1; d++) {
        size_t row = d < w->across ? 0 : d - w->across + 1, column = w->across - 1 - d + row;
        cut(w->coefficients, w->t, diagonal_begin(w, row, column), w->height + w->width,
            w->rows + w->columns);
        path->values(&w->tables, w->coefficients, w->t_values + d * STEP);
    }
    for (size_t j = 0; j < w->across; j++) {
        cut(w->coefficients, w->x, (ptrdiff_t)(j * w->width), w->width, w->columns);
        path->values(&w->tables, w->coefficients, w->x_values + j * STEP);
    }
    path->products(w->down, w->across, w->t_values, w->x_values, w->sums);
    for (size_t i = 0; i < w->down; i++) {
        path->coefficients(&w->tables, w->sums + i * STEP, w->product);
        undivide(w->product, POINTS);
        place(w, i);
    }
}

/* Zeros that the compiler does not leave out. */
static void wipe(void *memory, size_t size)
{
    memset(memory, 0, size);
#if defined(__GNUC__) || defined(__clang__)
    __asm__ volatile("" : : "r"(memory) : "memory");
#endif
}

static int long_ones(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                     uint64_t *out, size_t rows, size_t columns)
{
    work w = {.t = t, .x = x, .out = out, .rows = 2 * rows, .columns = 2 * columns};
    int one = w.rows + w.columns <= POINTS;
    w.height = one ? w.rows : POINTS / 2;
    w.width = one ? w.columns : POINTS / 2;
    w.down = (w.rows + w.height - 1) / w.height;
    w.across = (w.columns + w.width - 1) / w.width;
    size_t secret = (w.across + w.down) * STEP + POINTS + POINTS / 2;
    size_t words = secret + (w.down + w.across - 1) * STEP;
    uint64_t *memory = malloc((words + 8) * sizeof *memory);
    if (memory == NULL)
        return -1;
    w.x_values = (uint64_t *)(((uintptr_t)memory + 63) / 64 * 64); /* whole lines of the cache */
    w.sums = w.x_values + w.across * STEP;
    w.product = w.sums + w.down * STEP;
    w.coefficients = (uint32_t *)(w.product + POINTS);
    w.t_values = w.x_values + secret;
    by_points(&w, path);
    wipe(w.x_values, secret * sizeof *memory);
    free(memory);
    return 0;
}

static int short_ones(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                      uint64_t *out, size_t rows, size_t columns)
{
    size_t lanes = path->lanes, diagonals = rows + columns + lanes, sums = rows + 2 * lanes + 1;
    uint64_t *memory = calloc(diagonals + sums, sizeof *memory);
    if (memory == NULL)
        return -1;
    uint64_t *sum = memory + diagonals + 1;
    memcpy(memory, t, (rows + columns) * sizeof *t);
    path->by_words(rows, columns, memory, x, sum);
    memcpy(out, sum, rows * sizeof *out);
    wipe(sum, rows * sizeof *sum);
    free(memory);
    return 0;
}

int toeplitz_multiply(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                      uint64_t *out, size_t rows, size_t columns)
{
    int few = columns <= path->few && rows <= path->few / columns;
    return (few ? short_ones : long_ones)(path, t, x, out, rows, columns);
}
