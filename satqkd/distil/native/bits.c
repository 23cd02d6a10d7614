/* Numbers of a public stream, and how many bits differ. */
#include "native.h"

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

PyMethodDef distil_bits_methods[] = {
    {"stream", stream, METH_VARARGS, "stream(seed, first, count): numbers of a public stream."},
    {NULL, NULL, 0, NULL},
};
