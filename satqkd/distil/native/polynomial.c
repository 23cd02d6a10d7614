/* A polynomial over the numbers modulo 2^61 - 1 at two points: what tags are made of.
 *
 *     n x^k + m1 x^(k-1) + ... + mk     n: length in bits; m: 7 bytes each, the first lowest
 */
#include <string.h>
#include "polynomial.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

/* A sum of products below 2^125, and what is congruent to it below 2^61 + 8. */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;
static inline wide times(uint64_t a, uint64_t b)
{
    return (wide)a * b;
}
static inline wide plus(wide a, wide b)
{
    return a + b;
}
static inline uint64_t folded(wide sum)
{
    uint64_t once = ((uint64_t)sum & PRIME) + (uint64_t)(sum >> 61);
    return (once & PRIME) + (once >> 61);
}
#else
typedef struct {
    uint64_t high, low;
} wide;
static inline wide plus(wide a, wide b)
{
    wide sum = {a.high + b.high, a.low + b.low};
    sum.high += sum.low < b.low;
    return sum;
}
static inline wide times(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    wide outer = {a1 * b1, a0 * b0}, one = {a0 * b1 >> 32, a0 * b1 << 32},
         two = {a1 * b0 >> 32, a1 * b0 << 32};
    return plus(outer, plus(one, two));
}
static inline uint64_t folded(wide sum)
{
    uint64_t once = (sum.low & PRIME) + (sum.high << 3 | sum.low >> 61);
    return (once & PRIME) + (once >> 61);
}
#endif

typedef struct {
    uint64_t value, power[5]; /* power[i]: the point to the i */
} evaluation;

static evaluation begin(uint64_t point, uint64_t bits)
{
    evaluation e = {.value = bits % PRIME, .power = {1, point % PRIME}};
    for (int i = 2; i < 5; i++)
        e.power[i] = folded(times(e.power[i - 1], e.power[1])) % PRIME;
    return e;
}

static inline void next(evaluation *e, uint64_t m)
{
    wide low = times(m, 1);
    e->value = folded(plus(times(e->value, e->power[1]), low));
}

/* Four terms at once: the products do not wait for each other. */
static inline void next_four(evaluation *e, const uint64_t *m)
{
    wide sum = plus(times(e->value, e->power[4]), times(m[0], e->power[3]));
    sum = plus(sum, times(m[1], e->power[2]));
    sum = plus(sum, plus(times(m[2], e->power[1]), times(m[3], 1)));
    e->value = folded(sum);
}

/* `count` bytes, at most 7, the first lowest, on any machine. */
static inline uint64_t few(const unsigned char *from, size_t count)
{
    uint64_t m = 0;
    for (size_t i = 0; i < count; i++)
        m |= (uint64_t)from[i] << 8 * i;
    return m;
}

/* 7 of 8 bytes that are there. */
static inline uint64_t seven(const unsigned char *from)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t m;
    memcpy(&m, from, 8);
    return m & ((UINT64_C(1) << 56) - 1);
#else
    return few(from, 7);
#endif
}

void polynomial_at(const unsigned char *content, size_t bytes, uint64_t bits,
                   const uint64_t points[2], uint64_t values[2])
{
    evaluation one = begin(points[0], bits), two = begin(points[1], bits);
    size_t at = 0;
    for (; at + 29 <= bytes; at += 28) {
        uint64_t m[4] = {seven(content + at), seven(content + at + 7), seven(content + at + 14),
                         seven(content + at + 21)};
        next_four(&one, m);
        next_four(&two, m);
    }
    for (; at < bytes; at += 7) {
        uint64_t m = few(content + at, bytes - at < 7 ? bytes - at : 7);
        next(&one, m);
        next(&two, m);
    }
    values[0] = one.value % PRIME;
    values[1] = two.value % PRIME;
}
