/* What Python calls: the Toeplitz hash of privacy amplification, the polynomial of tags. */
#include "native.h"
#include <stdlib.h>
#include <string.h>
#include "polynomial.h"
#include "toeplitz.h"

static PyObject *paths(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    PyObject *names = PyList_New(0);
    for (size_t i = 0; names != NULL && i < toeplitz_path_count; i++) {
        if (!toeplitz_paths[i].there())
            continue;
        PyObject *name = PyUnicode_FromString(toeplitz_paths[i].name);
        if (name == NULL || PyList_Append(names, name) < 0)
            Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

static const toeplitz_path *path_named(const char *name)
{
    for (size_t i = 0; i < toeplitz_path_count; i++)
        if (strcmp(toeplitz_paths[i].name, name) == 0 && toeplitz_paths[i].there())
            return &toeplitz_paths[i];
    return NULL;
}

/* t of toeplitz.h from the seed: row r, column c of the matrix hold seed bit r - c + n - 1. The
 * string is filled up to whole words, N bits, with zeros; then bit b of the seed is bit
 * b + N - n + 1 of t. */
static void diagonals(uint64_t *t, size_t words, const uint64_t *seed, size_t seed_words,
                      unsigned shift)
{
    size_t whole = shift / 64;
    unsigned part = shift % 64;
    for (size_t i = whole; i < words; i++) {
        size_t from = i - whole;
        uint64_t word = from < seed_words ? seed[from] << part : 0;
        if (part && from > 0 && from - 1 < seed_words)
            word |= seed[from - 1] >> (64 - part);
        t[i] = word;
    }
}

static int hashed(const toeplitz_path *path, const Py_buffer *seed, const Py_buffer *bits,
                  Py_buffer *out, size_t n, size_t length)
{
    size_t columns = (n + 63) / 64, rows = (length + 63) / 64;
    uint64_t *t = calloc(rows + columns, 8), *to = out->buf;
    if (t == NULL)
        return -1;
    unsigned shift = (unsigned)(columns * 64 - n + 1);
    diagonals(t, rows + columns, seed->buf, (size_t)seed->len / 8, shift);
    int failed = toeplitz_multiply(path, t, bits->buf, to, rows, columns);
    if (length % 64)
        to[rows - 1] &= (UINT64_C(1) << length % 64) - 1;
    free(t);
    return failed;
}

static PyObject *toeplitz(PyObject *self, PyObject *args)
{
    Py_buffer seed, bits, out;
    Py_ssize_t n, length;
    const char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*y*w*nns", &seed, &bits, &out, &n, &length, &name))
        return NULL;
    const toeplitz_path *path = path_named(name);
    int failed = 0, wrong = path == NULL || n < 1 || length < 1 ||
                            bits.len != (n + 63) / 64 * 8 || out.len != (length + 63) / 64 * 8 ||
                            seed.len != (n + length + 62) / 64 * 8;
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "no such path, or buffers of other lengths");
    } else {
        Py_BEGIN_ALLOW_THREADS
        failed = hashed(path, &seed, &bits, &out, (size_t)n, (size_t)length);
        Py_END_ALLOW_THREADS
        if (failed)
            PyErr_NoMemory();
    }
    PyBuffer_Release(&seed);
    PyBuffer_Release(&bits);
    PyBuffer_Release(&out);
    if (wrong || failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *polynomial(PyObject *self, PyObject *args)
{
    Py_buffer content;
    unsigned long long bits, first, second;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*KKK", &content, &bits, &first, &second))
        return NULL;
    const uint64_t points[2] = {first, second};
    uint64_t values[2];
    Py_BEGIN_ALLOW_THREADS
    polynomial_at(content.buf, (size_t)content.len, bits, points, values);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&content);
    return Py_BuildValue("(KK)", (unsigned long long)values[0], (unsigned long long)values[1]);
}

PyMethodDef distil_hash_methods[] = {
    {"toeplitz_paths", paths, METH_NOARGS, "Ways to multiply that this processor has."},
    {"toeplitz", toeplitz, METH_VARARGS, "toeplitz(seed, bits, out, n, length, path)"},
    {"polynomial", polynomial, METH_VARARGS, "polynomial(content, bits, first, second)"},
    {NULL, NULL, 0, NULL},
};
