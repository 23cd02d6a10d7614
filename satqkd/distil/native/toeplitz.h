/* A Toeplitz matrix of bits times a vector, by carry-less multiplication.
 *
 *     t   |----|----|----|----|     2h words, along the diagonals: row r, column c hold t[h + r - c]
 *     x   |----|----|               h words
 *     out |----|----|               h words: those from h to 2h of the product t x
 *
 * Half by half, with three products for four (C. M. Fiduccia; S. Winograd; as Karatsuba's, turned
 * round): the four quarters of t make T0, T1, T2, each of two quarters that lie side by side;
 *
 *     | T1 T0 | |x0|   | T1 (x0 + x1) + (T0 + T1) x1 |
 *     | T2 T1 | |x1| = | T1 (x0 + x1) + (T1 + T2) x0 |         (+ is exclusive or)
 */
#ifndef SATQKD_TOEPLITZ_H
#define SATQKD_TOEPLITZ_H

#include <stddef.h>
#include <stdint.h>

/* Words of the smallest square that is multiplied out. */
#define LEAF 4

/* One way to multiply. It does `lanes` squares at once, word w of lane i at [w * lanes + i];
 * the arrays start at multiples of 64 bytes; scratch is 5 h words a lane; h is LEAF times a power
 * of two. */
typedef struct {
    const char *name;
    size_t lanes;
    int (*there)(void);
    void (*squares)(size_t h, const uint64_t *t, const uint64_t *x, uint64_t *out,
                    uint64_t *scratch);
} toeplitz_path;

/* Fastest first, the last one everywhere. */
extern const toeplitz_path toeplitz_paths[];
extern const size_t toeplitz_path_count;

/* out: `rows` words; t: `rows` + `columns` words; x: `columns` words. 0, or -1 without memory. */
int toeplitz_multiply(const toeplitz_path *path, const uint64_t *t, const uint64_t *x,
                      uint64_t *out, size_t rows, size_t columns);

#endif
