/* What the files of this module share: Python's limited API, and words of 64 bits. */
#ifndef SATQKD_NATIVE_H
#define SATQKD_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stddef.h>

/* SplitMix64 by counter: the i-th number of a public stream. The same in numpy. */
static inline uint64_t mix64(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
static inline uint64_t drawn(uint64_t seed, uint64_t i)
{
    return mix64(seed + (i + 1) * 0x9E3779B97F4A7C15u);
}

/* Each file of this module brings a table of functions. */
extern PyMethodDef distil_bits_methods[];
extern PyMethodDef distil_places_methods[];
extern PyMethodDef distil_hash_methods[];
extern PyMethodDef distil_cascade_methods[];
extern PyMethodDef distil_ldpc_methods[];

#endif
