/* A Toeplitz matrix of bits times a vector: some coefficients of a product of two polynomials.
 *
 * Long ones: the bits are cut into coefficients of 32, those into numbers of 2^64 elements, and the
 * polynomials are multiplied by their values at 2^16 points:
 *
 *     t, 32 bits each ─▶ 2^16 values ─┐
 *                                     × ─▶ values of the product ─▶ its coefficients, 63 bits each
 *     x, 32 bits each ─▶ 2^16 values ─┘
 *
 * The points are all sums of beta_0 ... beta_15, where beta_0 = 1 and beta_i^2 + beta_i =
 * beta_(i-1) (D. G. Cantor, J. Comb. Theory A 50, 285 (1989)). S(y) = y^2 + y, done j times, is
 * s_j(y): 0 for the sums of the first j betas and beta_(i-j) for beta_i. With the products X_i of
 * those s_j for which bit j of i is 1 in the place of powers of y, values cost one multiplication
 * for two of them and layer (S.-J. Lin, W.-H. Chung and Y. S. Han, Proc. FOCS 2014, 316):
 *
 *     f = f0 + s_j(y) f1:     at block t of 2^(j+1) points  s_j = w(t) in its first half,
 *                             w(t) + 1 in its second;  w(t) = sum of beta_(m+1), bit m of t is 1
 *
 * and from powers to X_i it takes only sums, since s_j(y) = y^(2^j) + y for j = 1, 2, 4, 8, 16:
 * divide by powers of s_(k/2), then the same for the quotients and in the remainders (S. Gao and
 * T. Mateer, IEEE Trans. Inf. Theory 56, 6265 (2010)).
 *
 * What is at 2^16 + e in the product comes out at e + 1, since s_16(y) = y^(2^16) + y is 0 at all
 * points; what is wanted lies above that.
 */
#ifndef SATQKD_TOEPLITZ_H
#define SATQKD_TOEPLITZ_H

#include <stddef.h>
#include <stdint.h>

#define SIDE 256
#define POINTS (SIDE * SIDE)
/* From one array of values to the next: lines of the cache that lie at the same place in many
 * arrays must not fall on each other. */
#define STEP (POINTS + 72)

/* Layers 0 to 7 of a row, 0 to 7 of a column: the same 8 layers of 256 numbers. */
typedef struct {
    uint64_t block[SIDE / 2]; /* w(t) */
    uint64_t row[8][SIDE];    /* what row r adds to it at layer j: w(r 2^(7-j)) */
} toeplitz_tables;

/* One way to multiply, `lanes` numbers at once. */
typedef struct {
    const char *name;
    size_t lanes;
    size_t few; /* products of words that take about as long as POINTS, there and back (measured) */
    int (*there)(void);
    /* POINTS coefficients, divided (toeplitz.c), to as many values, in an order of its own. */
    void (*values)(const toeplitz_tables *tables, const uint32_t *coefficients, uint64_t *values);
    /* Back again; the values are used up. */
    void (*coefficients)(const toeplitz_tables *tables, uint64_t *values, uint64_t *coefficients);
    /* out i = sum over j < across of t (i + across - 1 - j) times x j, for i < down. */
    void (*products)(size_t down, size_t across, const uint64_t *t, const uint64_t *x,
                     uint64_t *out);
    /* Short ones, word by word: t has `lanes` zeros more; out, before and behind, as many. */
    void (*by_words)(size_t rows, size_t columns, const uint64_t *t, const uint64_t *x,
                     uint64_t *out);
} toeplitz_path;

/* Fastest first, the last one everywhere. */
extern const toeplitz_path toeplitz_paths[];
extern const size_t toeplitz_path_count;

/* Product of two of the 2^64 elements, anywhere; what it looks up hangs on `public` alone. */
uint64_t element_product(uint64_t public, uint64_t secret);

/* Words `columns` to `columns` + `rows` of t x: t has `rows` + `columns` words, x `columns`, out
 * `rows`. 0, or -1 without memory. */
int toeplitz_multiply(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                      uint64_t *out, size_t rows, size_t columns);

#endif
