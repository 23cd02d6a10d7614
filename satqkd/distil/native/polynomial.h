/* See polynomial.c. */
#ifndef SATQKD_POLYNOMIAL_H
#define SATQKD_POLYNOMIAL_H

#include <stddef.h>
#include <stdint.h>

void polynomial_at(const unsigned char *content, size_t bytes, uint64_t bits,
                   const uint64_t points[2], uint64_t values[2]);

#endif
