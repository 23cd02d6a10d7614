/* What toeplitz.h says of a path, in the lanes of a vector. Included once for each way, with
 *
 *     NAME(x)            the name of x for this way
 *     TARGET             attribute of functions that use its instructions
 *     VECTOR, LANES      a number in every lane; how many lanes
 *     GET(p), PUT(p, v), EVERY(n)
 *                        from and to memory at any address; one number in all lanes
 *     ADD(a, b), UP(v, n), DOWN(v, n)
 *                        exclusive or; shifts by n
 *     AGAIN(v)           r times what of r v is at z^64 and above, v below 16 (a table)
 *     TURN(to, from)     LANES vectors, columns for rows; may be left out
 *     SUM, sum_of(&s, a, b), low(s), high(s)
 *                        products of 128 bits, one a lane: add one, take the halves
 */

/* Modulo z^64 + r, r = z^4 + z^3 + z + 1 = (z + 1)(z^3 + 1): r times the high half, of which up to
 * four bits stick out again, in the place of it. */
TARGET static inline VECTOR NAME(reduced)(SUM sum)
{
    VECTOR h = high(sum), once = ADD(h, UP(h, 1));
    return ADD(ADD(low(sum), AGAIN(DOWN(h, 60))), ADD(once, UP(once, 3)));
}

TARGET static inline VECTOR NAME(times)(VECTOR a, VECTOR b)
{
    SUM sum = {0};
    sum_of(&sum, a, b);
    return NAME(reduced)(sum);
}

TARGET static inline void NAME(add)(VECTOR *to, const VECTOR *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = ADD(to[i], from[i]);
}

/* Word i of vector j becomes word j of vector i. */
TARGET static inline void NAME(turn)(VECTOR *to, const uint64_t *from)
{
#ifdef TURN
    TURN(to, from);
#else
    uint64_t *lane = (uint64_t *)to;
    for (size_t i = 0; i < LANES; i++)
        for (size_t j = 0; j < LANES; j++)
            lane[i * LANES + j] = from[j * LANES + i];
#endif
}

#include "toeplitz_basis.h"

/* ---- Eight layers, two at a time ----
 *
 *     a0 a1 a2 a3, h apart     upper layer: a0 with a2, a1 with a3, by w
 *                              lower layer: a0 with a1 by w0, a2 with a3 by w1 = w0 + beta_1
 */

TARGET static inline void NAME(two_layers)(VECTOR *a, size_t h, VECTOR w, VECTOR w0, VECTOR w1)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR a2 = a[i + 2 * h], a3 = a[i + 3 * h];
        VECTOR a0 = ADD(a[i], NAME(times)(w, a2)), a1 = ADD(a[i + h], NAME(times)(w, a3));
        a2 = ADD(a2, a0);
        a3 = ADD(a3, a1);
        a0 = ADD(a0, NAME(times)(w0, a1));
        a2 = ADD(a2, NAME(times)(w1, a3));
        a[i] = a0;
        a[i + h] = ADD(a1, a0);
        a[i + 2 * h] = a2;
        a[i + 3 * h] = ADD(a3, a2);
    }
}

TARGET static inline void NAME(two_layers_back)(VECTOR *a, size_t h, VECTOR w, VECTOR w0,
                                                VECTOR w1)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR a0 = a[i], a1 = ADD(a[i + h], a0), a2 = a[i + 2 * h], a3 = ADD(a[i + 3 * h], a2);
        a0 = ADD(a0, NAME(times)(w0, a1));
        a2 = ADD(a2, NAME(times)(w1, a3));
        a2 = ADD(a2, a0);
        a3 = ADD(a3, a1);
        a[i] = ADD(a0, NAME(times)(w, a2));
        a[i + h] = ADD(a1, NAME(times)(w, a3));
        a[i + 2 * h] = a2;
        a[i + 3 * h] = a3;
    }
}

/* As they are where w and w0 are 0. */
TARGET static inline void NAME(two_layers_first)(VECTOR *a, size_t h, VECTOR w1)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR a2 = ADD(a[i + 2 * h], a[i]), a3 = ADD(a[i + 3 * h], a[i + h]);
        a2 = ADD(a2, NAME(times)(w1, a3));
        a[i + h] = ADD(a[i + h], a[i]);
        a[i + 2 * h] = a2;
        a[i + 3 * h] = ADD(a3, a2);
    }
}

TARGET static inline void NAME(two_layers_first_back)(VECTOR *a, size_t h, VECTOR w1)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR a1 = ADD(a[i + h], a[i]), a2 = a[i + 2 * h], a3 = ADD(a[i + 3 * h], a2);
        a2 = ADD(ADD(a2, NAME(times)(w1, a3)), a[i]);
        a[i + h] = a1;
        a[i + 2 * h] = a2;
        a[i + 3 * h] = ADD(a3, a1);
    }
}

/* Layers j + 1 and j. base: what each lane adds to w, by layer; NULL where no lane adds anything,
 * so that w of the first blocks is 0. */
#define TWO_LAYERS(DO, FIRST)                                                                      \
    size_t t = 0, h = (size_t)1 << j;                                                              \
    VECTOR upper = EVERY(0), lower = EVERY(0);                                                     \
    if (base == NULL)                                                                              \
        FIRST(b, h, EVERY(tables->block[++t]));                                                    \
    else                                                                                           \
        upper = base[j + 1], lower = base[j];                                                      \
    for (; t < SIDE / 4 / h; t++)                                                                  \
        DO(b + 4 * h * t, h, ADD(upper, EVERY(tables->block[t])),                                  \
           ADD(lower, EVERY(tables->block[2 * t])), ADD(lower, EVERY(tables->block[2 * t + 1])));

TARGET static void NAME(layers)(const toeplitz_tables *tables, VECTOR *b, const VECTOR *base)
{
    for (int j = 6; j >= 0; j -= 2) {
        TWO_LAYERS(NAME(two_layers), NAME(two_layers_first))
    }
}

TARGET static void NAME(layers_back)(const toeplitz_tables *tables, VECTOR *b, const VECTOR *base)
{
    for (int j = 0; j < 8; j += 2) {
        TWO_LAYERS(NAME(two_layers_back), NAME(two_layers_first_back))
    }
}

#undef TWO_LAYERS

/* ---- All 16 layers: 8 along columns of 256, 8 along rows ----
 *
 *     row 0   | strip 0 | strip 1 | ...   a strip is LANES columns, and one vector a row; what lies
 *     row 1   |         |         |       in a strip and in LANES rows is turned, so that the lanes
 *     ...                                 are rows, and stays so until the way back
 */

TARGET static void NAME(values)(const toeplitz_tables *tables, const uint32_t *coefficients,
                                uint64_t *values)
{
    VECTOR b[SIDE], base[8];
    uint64_t *lane = (uint64_t *)b;
    for (size_t c = 0; c < SIDE; c += LANES) {
        for (size_t r = 0; r < SIDE; r++)
            for (size_t i = 0; i < LANES; i++)
                lane[r * LANES + i] = coefficients[r * SIDE + c + i];
        NAME(basis)(b);
        NAME(layers)(tables, b, NULL);
        for (size_t r = 0; r < SIDE; r++)
            PUT(values + c * SIDE + r * LANES, b[r]);
    }
    for (size_t r = 0; r < SIDE; r += LANES) {
        uint64_t *rows = values + r * LANES;
        for (size_t c = 0; c < SIDE; c += LANES)
            NAME(turn)(b + c, rows + c * SIDE);
        for (size_t j = 0; j < 8; j++)
            base[j] = GET(tables->row[j] + r);
        NAME(basis)(b);
        NAME(layers)(tables, b, base);
        for (size_t c = 0; c < SIDE; c++)
            PUT(rows + c / LANES * LANES * SIDE + c % LANES * LANES, b[c]);
    }
}

TARGET static void NAME(coefficients)(const toeplitz_tables *tables, uint64_t *values,
                                      uint64_t *coefficients)
{
    VECTOR b[SIDE], base[8];
    for (size_t r = 0; r < SIDE; r += LANES) {
        uint64_t *rows = values + r * LANES;
        for (size_t c = 0; c < SIDE; c++)
            b[c] = GET(rows + c / LANES * LANES * SIDE + c % LANES * LANES);
        for (size_t j = 0; j < 8; j++)
            base[j] = GET(tables->row[j] + r);
        NAME(layers_back)(tables, b, base);
        NAME(basis_back)(b);
        for (size_t c = 0; c < SIDE; c += LANES) {
            VECTOR turned[LANES];
            NAME(turn)(turned, (const uint64_t *)(b + c));
            for (size_t i = 0; i < LANES; i++)
                PUT(rows + c * SIDE + i * LANES, turned[i]);
        }
    }
    for (size_t c = 0; c < SIDE; c += LANES) {
        for (size_t r = 0; r < SIDE; r++)
            b[r] = GET(values + c * SIDE + r * LANES);
        NAME(layers_back)(tables, b, NULL);
        NAME(basis_back)(b);
        for (size_t r = 0; r < SIDE; r++)
            PUT(coefficients + r * SIDE + c, b[r]);
    }
}

/* ---- Products ---- */

/* Some points of all arrays at a time, so that they stay in the cache for all sums. */
TARGET static void NAME(products)(size_t down, size_t across, const uint64_t *t,
                                  const uint64_t *x, uint64_t *out)
{
    enum { CHUNK = 64, SOME = 4 };
    for (size_t chunk = 0; chunk < POINTS; chunk += CHUNK)
        for (size_t i = 0; i < down; i++)
            for (size_t at = chunk; at < chunk + CHUNK; at += SOME * LANES) {
                SUM sum[SOME] = {0};
                for (size_t j = 0; j < across; j++) {
                    const uint64_t *one = t + at + (i + across - 1 - j) * STEP,
                                   *two = x + at + j * STEP;
                    for (size_t n = 0; n < SOME; n++)
                        sum_of(&sum[n], GET(one + n * LANES), GET(two + n * LANES));
                }
                for (size_t n = 0; n < SOME; n++)
                    PUT(out + at + i * STEP + n * LANES, NAME(reduced)(sum[n]));
            }
}

/* Word k of t x is the sum of the low halves of t[k - c] x[c] and the high ones one before. */
TARGET static void NAME(by_words)(size_t rows, size_t columns, const uint64_t *t,
                                  const uint64_t *x, uint64_t *out)
{
    for (size_t r = 0; r < rows + 1; r += LANES) {
        SUM sum = {0};
        for (size_t c = 0; c < columns; c++)
            sum_of(&sum, GET(t + columns + r - 1 - c), EVERY(x[c]));
        PUT(out + r - 1, ADD(GET(out + r - 1), low(sum)));
        PUT(out + r, ADD(GET(out + r), high(sum)));
    }
}

#undef NAME
#undef TARGET
#undef VECTOR
#undef LANES
#undef GET
#undef PUT
#undef EVERY
#undef ADD
#undef UP
#undef DOWN
#undef AGAIN
#undef TURN
#undef SUM
#undef sum_of
#undef low
#undef high
