/* Lanes of 8 bits, by what a compiler and a processor have: the same operations in each. */
#ifndef SATQKD_LDPC_LANES_H
#define SATQKD_LDPC_LANES_H

#include <string.h>

/* Any compiler with GNU vectors, any processor: 16 lanes. */
typedef uint8_t lanes __attribute__((vector_size(16)));
typedef int8_t signed_lanes __attribute__((vector_size(16)));

static inline lanes lanes_load(const void *from)
{
    lanes v;
    memcpy(&v, from, sizeof v);
    return v;
}
static inline void lanes_store(void *to, lanes v) { memcpy(to, &v, sizeof v); }
static inline lanes lanes_set(uint8_t x) { return (lanes){0} + x; }
static inline lanes lanes_choose(lanes mask, lanes a, lanes b) { return (mask & a) | (~mask & b); }
static inline lanes lanes_below(lanes a, lanes b) { return (lanes)(a < b); }
static inline lanes lanes_negative(lanes a) { return (lanes)((signed_lanes)a < 0); }
static inline lanes lanes_min(lanes a, lanes b) { return lanes_choose(lanes_below(a, b), a, b); }
static inline lanes lanes_max(lanes a, lanes b) { return lanes_choose(lanes_below(a, b), b, a); }
static inline lanes lanes_sub_floor(lanes a, lanes b) { return (a - b) & ~lanes_below(a, b); }
/* Out of range: both say one sign and the sum another; then the end of that sign. */
static inline lanes lanes_add_signed(lanes a, lanes b)
{
    lanes sum = a + b, end = lanes_set(127) - lanes_negative(a);
    return lanes_choose(lanes_negative((a ^ sum) & (b ^ sum)), end, sum);
}
static inline lanes lanes_sub_signed(lanes a, lanes b)
{
    lanes rest = a - b, end = lanes_set(127) - lanes_negative(a);
    return lanes_choose(lanes_negative((a ^ b) & (a ^ rest)), end, rest);
}
static inline lanes lanes_signed(lanes a, lanes by)
{
    lanes minus = lanes_negative(by);
    return (a ^ minus) - minus;
}

#endif
