/* Squares in the lanes of a vector. Included once for each way to multiply, with
 *
 *     NAME(x)            the name of x for this way
 *     TARGET             attribute of functions that use its instructions
 *     VECTOR             a word of every lane
 *     SUM, sum_of(&s, t, x), low(s), high(s)
 *                        products of 128 bits, one a lane: add one, take the halves
 *     ADD(a, b)          exclusive or
 */

/* LEAF words: column k of the product is the sum of t[k - j] x[j]; its high half goes one up. */
TARGET static void NAME(leaf)(const VECTOR *t, const VECTOR *x, VECTOR *out)
{
    VECTOR carried = t[0];
    for (int k = LEAF - 1; k < 2 * LEAF; k++) {
        SUM sum = {0};
        for (int j = 0; j < LEAF; j++)
            sum_of(&sum, t[k - j], x[j]);
        if (k >= LEAF)
            out[k - LEAF] = ADD(low(sum), carried);
        carried = high(sum);
    }
}

TARGET static void NAME(halves)(size_t h, const VECTOR *t, const VECTOR *x, VECTOR *out,
                                VECTOR *scratch)
{
    if (h == LEAF) {
        NAME(leaf)(t, x, out);
        return;
    }
    size_t half = h / 2;
    VECTOR *ts = scratch, *part = ts + 3 * half, *xs = part + half, *rest = xs + half;
    for (size_t i = 0; i < 3 * half; i++)
        ts[i] = ADD(t[i], t[i + half]);
    for (size_t i = 0; i < half; i++)
        xs[i] = ADD(x[i], x[i + half]);
    NAME(halves)(half, t + half, xs, out, rest);
    NAME(halves)(half, ts, x + half, part, rest);
    NAME(halves)(half, ts + half, x, out + half, rest);
    for (size_t i = 0; i < half; i++) {
        VECTOR shared = out[i];
        out[i] = ADD(shared, part[i]);
        out[i + half] = ADD(shared, out[i + half]);
    }
}

TARGET static void NAME(squares)(size_t h, const uint64_t *t, const uint64_t *x, uint64_t *out,
                                 uint64_t *scratch)
{
    NAME(halves)(h, (const VECTOR *)t, (const VECTOR *)x, (VECTOR *)out, (VECTOR *)scratch);
}

#undef NAME
#undef TARGET
#undef VECTOR
#undef SUM
#undef sum_of
#undef low
#undef high
#undef ADD
