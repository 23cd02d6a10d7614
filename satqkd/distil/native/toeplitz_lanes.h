/* What toeplitz.h says of a path, in the lanes of a vector. Included once for each way, with
 *
 *     NAME(x)            the name of x for this way
 *     TARGET             attribute of functions that use its instructions
 *     VECTOR, LANES      a number in every lane; how many lanes
 *     GET(p), PUT(p, v), EVERY(n)
 *                        from and to memory at any address; one number in all lanes
 *     ADD(a, b), UP(v, n), DOWN(v, n)
 *                        exclusive or; shifts by n
 *     SUM, sum_of(&s, a, b), low(s), high(s)
 *                        products of 128 bits, one a lane: add one, take the halves
 */

/* Modulo z^64 + z^4 + z^3 + z + 1. */
TARGET static inline VECTOR NAME(reduced)(SUM sum)
{
    VECTOR h = high(sum);
    h = ADD(h, ADD(DOWN(h, 63), ADD(DOWN(h, 61), DOWN(h, 60))));
    return ADD(ADD(low(sum), h), ADD(UP(h, 1), ADD(UP(h, 3), UP(h, 4))));
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

/* ---- From powers of y to X_i and back, for 16 and for 256 coefficients ---- */

TARGET static inline void NAME(sixteen)(VECTOR *b, size_t stride)
{
    VECTOR e[16];
    for (int i = 0; i < 16; i++)
        e[i] = b[i * stride];
    for (int i = 8; i < 10; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 2; i < 8; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int c = 0; c < 16; c += 8) {
        e[c + 4] = ADD(e[c + 4], e[c + 7]);
        for (int i = 1; i < 4; i++)
            e[c + i] = ADD(e[c + i], e[c + i + 3]);
    }
    for (int i = 11; i > 3; i--)
        e[i] = ADD(e[i], e[i + 4]);
    for (int c = 0; c < 16; c += 4) {
        e[c + 2] = ADD(e[c + 2], e[c + 3]);
        e[c + 1] = ADD(e[c + 1], e[c + 2]);
    }
    for (int i = 0; i < 16; i++)
        b[i * stride] = e[i];
}

TARGET static inline void NAME(sixteen_back)(VECTOR *b, size_t stride)
{
    VECTOR e[16];
    for (int i = 0; i < 16; i++)
        e[i] = b[i * stride];
    for (int c = 0; c < 16; c += 4) {
        e[c + 1] = ADD(e[c + 1], e[c + 2]);
        e[c + 2] = ADD(e[c + 2], e[c + 3]);
    }
    for (int i = 4; i < 12; i++)
        e[i] = ADD(e[i], e[i + 4]);
    for (int c = 0; c < 16; c += 8) {
        for (int i = 1; i < 4; i++)
            e[c + i] = ADD(e[c + i], e[c + i + 3]);
        e[c + 4] = ADD(e[c + 4], e[c + 7]);
    }
    for (int i = 2; i < 8; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 8; i < 10; i++)
        e[i] = ADD(e[i], e[i + 6]);
    for (int i = 0; i < 16; i++)
        b[i * stride] = e[i];
}

TARGET static void NAME(basis)(VECTOR *b)
{
    for (size_t k = SIDE; k > 16; k /= 2)
        for (size_t c = 0, g = k / 32; c < SIDE; c += k) {
            NAME(add)(b + c + k / 2, b + c + k - g, g);
            NAME(add)(b + c + g, b + c + k / 2, k / 2 - g);
        }
    for (size_t i = 0; i < 16; i++)
        NAME(sixteen)(b + i, 16);
    for (size_t i = 0; i < SIDE; i += 16)
        NAME(sixteen)(b + i, 1);
}

TARGET static void NAME(basis_back)(VECTOR *b)
{
    for (size_t i = 0; i < SIDE; i += 16)
        NAME(sixteen_back)(b + i, 1);
    for (size_t i = 0; i < 16; i++)
        NAME(sixteen_back)(b + i, 16);
    for (size_t k = 32; k <= SIDE; k *= 2)
        for (size_t c = 0, g = k / 32; c < SIDE; c += k) {
            NAME(add)(b + c + g, b + c + k / 2, k / 2 - g);
            NAME(add)(b + c + k / 2, b + c + k - g, g);
        }
}

/* ---- Eight layers ---- */

TARGET static inline void NAME(layer)(VECTOR *a, size_t h, VECTOR w)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR first = ADD(a[i], NAME(times)(w, a[i + h]));
        a[i + h] = ADD(a[i + h], first);
        a[i] = first;
    }
}

TARGET static inline void NAME(layer_back)(VECTOR *a, size_t h, VECTOR w)
{
    for (size_t i = 0; i < h; i++) {
        VECTOR one = ADD(a[i], a[i + h]);
        a[i] = ADD(a[i], NAME(times)(w, one));
        a[i + h] = one;
    }
}

/* base: what each lane adds to w; NULL where it adds nothing, and w of the first block is 0. */
TARGET static void NAME(layers)(const toeplitz_tables *tables, VECTOR *b, const VECTOR *base)
{
    for (size_t h = SIDE / 2, j = 7; h > 0; h /= 2, j--) {
        size_t t = 0;
        if (base == NULL) {
            NAME(add)(b + h, b, h);
            t = 1;
        }
        for (; t < SIDE / 2 / h; t++) {
            VECTOR w = EVERY(tables->block[t]);
            NAME(layer)(b + 2 * h * t, h, base == NULL ? w : ADD(w, base[j]));
        }
    }
}

TARGET static void NAME(layers_back)(const toeplitz_tables *tables, VECTOR *b, const VECTOR *base)
{
    for (size_t h = 1, j = 0; h < SIDE; h *= 2, j++) {
        size_t t = 0;
        if (base == NULL) {
            NAME(add)(b + h, b, h);
            t = 1;
        }
        for (; t < SIDE / 2 / h; t++) {
            VECTOR w = EVERY(tables->block[t]);
            NAME(layer_back)(b + 2 * h * t, h, base == NULL ? w : ADD(w, base[j]));
        }
    }
}

/* ---- All 16 layers: 8 along columns of 256, 8 along rows ---- */

TARGET static void NAME(values)(const toeplitz_tables *tables, uint32_t *coefficients,
                                uint64_t *values)
{
    VECTOR b[SIDE], base[8];
    uint64_t *lane = (uint64_t *)b;
    for (size_t k = POINTS; k > SIDE; k /= 2)
        for (size_t c = 0, g = k / 2 / SIDE; c < POINTS; c += k) {
            uint32_t *f = coefficients + c;
            for (size_t i = 0; i < g; i++)
                f[k / 2 + i] ^= f[k - g + i];
            for (size_t i = g; i < k / 2; i++)
                f[i] ^= f[i + k / 2 - g];
        }
    for (size_t c = 0; c < SIDE; c += LANES) {
        for (size_t r = 0; r < SIDE; r++)
            for (size_t i = 0; i < LANES; i++)
                lane[r * LANES + i] = coefficients[r * SIDE + c + i];
        NAME(basis)(b);
        NAME(layers)(tables, b, NULL);
        for (size_t r = 0; r < SIDE; r++)
            PUT(values + r * SIDE + c, b[r]);
    }
    for (size_t r = 0; r < SIDE; r += LANES) {
        uint64_t *rows = values + r * SIDE;
        for (size_t c = 0; c < SIDE; c++)
            for (size_t i = 0; i < LANES; i++)
                lane[c * LANES + i] = rows[i * SIDE + c];
        for (size_t j = 0; j < 8; j++)
            base[j] = GET(tables->row[j] + r);
        NAME(basis)(b);
        NAME(layers)(tables, b, base);
        for (size_t c = 0; c < SIDE; c++)
            PUT(rows + c * LANES, b[c]);
    }
}

TARGET static void NAME(coefficients)(const toeplitz_tables *tables, uint64_t *values)
{
    VECTOR b[SIDE], base[8];
    const uint64_t *lane = (const uint64_t *)b;
    for (size_t r = 0; r < SIDE; r += LANES) {
        uint64_t *rows = values + r * SIDE;
        for (size_t c = 0; c < SIDE; c++)
            b[c] = GET(rows + c * LANES);
        for (size_t j = 0; j < 8; j++)
            base[j] = GET(tables->row[j] + r);
        NAME(layers_back)(tables, b, base);
        NAME(basis_back)(b);
        for (size_t i = 0; i < LANES; i++)
            for (size_t c = 0; c < SIDE; c++)
                rows[i * SIDE + c] = lane[c * LANES + i];
    }
    for (size_t c = 0; c < SIDE; c += LANES) {
        for (size_t r = 0; r < SIDE; r++)
            b[r] = GET(values + r * SIDE + c);
        NAME(layers_back)(tables, b, NULL);
        NAME(basis_back)(b);
        for (size_t r = 0; r < SIDE; r++)
            PUT(values + r * SIDE + c, b[r]);
    }
    for (size_t k = 2 * SIDE; k <= POINTS; k *= 2)
        for (size_t c = 0, g = k / 2 / SIDE; c < POINTS; c += k) {
            uint64_t *f = values + c;
            for (size_t i = g; i < k / 2; i++)
                f[i] ^= f[i + k / 2 - g];
            for (size_t i = 0; i < g; i++)
                f[k / 2 + i] ^= f[k - g + i];
        }
}

/* ---- Products ---- */

TARGET static void NAME(products)(size_t count, const uint64_t *t, const uint64_t *x,
                                  uint64_t *out)
{
    enum { SOME = 16 };
    for (size_t at = 0; at < POINTS; at += SOME * LANES) {
        SUM sum[SOME] = {0};
        for (size_t j = 0; j < count; j++) {
            const uint64_t *one = t + at - j * POINTS, *two = x + at + j * POINTS;
            for (size_t i = 0; i < SOME; i++)
                sum_of(&sum[i], GET(one + i * LANES), GET(two + i * LANES));
        }
        for (size_t i = 0; i < SOME; i++)
            PUT(out + at + i * LANES, NAME(reduced)(sum[i]));
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
#undef SUM
#undef sum_of
#undef low
#undef high
