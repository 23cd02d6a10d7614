/* Numbers of a public stream, and bits closed up. */
#include "native.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_PEXT 1
#include <immintrin.h>
__attribute__((target("bmi2"))) static inline uint64_t pext_fast(uint64_t value, uint64_t mask)
{
    return _pext_u64(value, mask);
}
#endif

/* The bits of a word at which a mask is 1, closed up: halves of the gaps at a time.
 *
 *   value  a b c d e f g h         H. S. Warren, Hacker's Delight, 2nd ed. (2012), section 7-4
 *   mask   0 1 0 0 1 1 0 1   ->    0 0 0 0 b e f h
 */
static uint64_t pext_plain(uint64_t value, uint64_t mask)
{
    uint64_t out = 0;
    int to = 0;
    while (mask) {
        uint64_t low = mask & (0 - mask), run = mask + low; /* a run of ones, and its end */
        uint64_t own = mask & ~run;
        int from = __builtin_ctzll(mask), length = __builtin_popcountll(own);
        out |= ((value & own) >> from) << to;
        to += length;
        mask &= ~own;
    }
    return out;
}

#define CLOSE_UP(NAME, PEXT, ATTRIBUTE)                                                            \
    ATTRIBUTE static void NAME(const uint64_t *value, const uint64_t *mask, size_t words,          \
                               uint64_t *out)                                                      \
    {                                                                                              \
        uint64_t held = 0;                                                                         \
        unsigned have = 0;                                                                         \
        for (size_t i = 0; i < words; i++) {                                                       \
            uint64_t own = PEXT(value[i], mask[i]);                                                \
            unsigned count = (unsigned)__builtin_popcountll(mask[i]);                              \
            held |= have < 64 ? own << have : 0;                                                   \
            if (have + count >= 64) {                                                              \
                *out++ = held;                                                                     \
                held = have ? own >> (64 - have) : 0;                                              \
                have = have + count - 64;                                                          \
            } else                                                                                 \
                have += count;                                                                     \
        }                                                                                          \
        if (have)                                                                                  \
            *out = held;                                                                           \
    }                                                                                              \
    ATTRIBUTE static size_t NAME##_ones(const uint64_t *mask, size_t words)                        \
    {                                                                                              \
        size_t ones = 0;                                                                           \
        for (size_t i = 0; i < words; i++)                                                         \
            ones += (size_t)__builtin_popcountll(mask[i]);                                         \
        return ones;                                                                               \
    }

CLOSE_UP(close_up_plain, pext_plain, )
#ifdef HAS_PEXT
CLOSE_UP(close_up_fast, pext_fast, __attribute__((target("bmi2,popcnt"))))
#endif

static PyObject *close_up(PyObject *args, int fast)
{
    Py_buffer value, mask, out;
    if (!PyArg_ParseTuple(args, "y*y*w*", &value, &mask, &out))
        return NULL;
    size_t words = (size_t)mask.len / 8, ones;
    const uint64_t *from = value.buf, *at = mask.buf;
    int fits = value.len == mask.len && mask.len % 8 == 0;
#ifdef HAS_PEXT
    fast = fast && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    ones = fast ? close_up_fast_ones(at, words) : close_up_plain_ones(at, words);
#else
    (void)fast;
    ones = close_up_plain_ones(at, words);
#endif
    fits = fits && (size_t)out.len == (ones + 63) / 64 * 8;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
#ifdef HAS_PEXT
        if (fast)
            close_up_fast(from, at, words, out.buf);
        else
#endif
            close_up_plain(from, at, words, out.buf);
        Py_END_ALLOW_THREADS
    } else
        PyErr_SetString(PyExc_ValueError, "words, mask and out do not fit");
    PyBuffer_Release(&value);
    PyBuffer_Release(&mask);
    PyBuffer_Release(&out);
    if (!fits)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *stream(PyObject *self, PyObject *args)
{
    unsigned long long seed;
    Py_ssize_t first, count;
    (void)self;
    if (!PyArg_ParseTuple(args, "Knn", &seed, &first, &count))
        return NULL;
    if (first < 0 || count < 0) {
        PyErr_SetString(PyExc_ValueError, "first and count must not be negative");
        return NULL;
    }
    PyObject *out = PyBytes_FromStringAndSize(NULL, count * 8);
    if (out == NULL)
        return NULL;
    uint64_t *to = (uint64_t *)PyBytes_AsString(out);
    for (Py_ssize_t i = 0; i < count; i++)
        to[i] = drawn(seed, (uint64_t)(first + i));
    return out;
}

static PyObject *closed_up(PyObject *self, PyObject *args)
{
    (void)self;
    return close_up(args, 1);
}

static PyObject *closed_up_plain(PyObject *self, PyObject *args)
{
    (void)self;
    return close_up(args, 0);
}

PyMethodDef distil_bits_methods[] = {
    {"stream", stream, METH_VARARGS, "stream(seed, first, count): numbers of a public stream."},
    {"closed_up", closed_up, METH_VARARGS,
     "closed_up(words, mask, out): the bits at which the mask is 1, closed up."},
    {"closed_up_plain", closed_up_plain, METH_VARARGS, "The same on any processor."},
    {NULL, NULL, 0, NULL},
};
