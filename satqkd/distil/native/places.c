/* Gaps between clicks, each in units of 1, 2, 4 or 8 bytes; the twin of satqkd/distil/places.py.
 *
 *   gap    3   7   600                 units of one byte; 255 adds itself and says 'it goes on'
 *   units  03  07  ff ff 5a
 */
#include <stdlib.h>
#include <string.h>

#include "native.h"

static inline uint64_t full_of(int width)
{
    return ~(uint64_t)0 >> (64 - 8 * width);
}

#define WRITE(TYPE, FULL)                                                                          \
    for (size_t i = 0; i < clicks; i++) {                                                          \
        uint64_t gap = (uint64_t)(place[i] - before) - 1;                                          \
        before = place[i];                                                                         \
        while (gap >= FULL) {                                                                      \
            TYPE all = (TYPE)FULL;                                                                 \
            memcpy(out, &all, sizeof all), out += sizeof all, gap -= FULL;                         \
        }                                                                                          \
        TYPE unit = (TYPE)gap;                                                                     \
        memcpy(out, &unit, sizeof unit), out += sizeof unit;                                       \
    }

static PyObject *places_written(PyObject *self, PyObject *args)
{
    Py_buffer view;
    int width;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*i", &view, &width))
        return NULL;
    const int64_t *place = view.buf;
    size_t clicks = (size_t)view.len / 8;
    /* Each unit that goes on takes a full one of the way to the last click. */
    size_t most = clicks + (clicks ? (uint64_t)place[clicks - 1] / full_of(width) : 0);
    char *units = malloc(most * (size_t)width + 8), *out = units;
    PyObject *made = NULL;
    if (units == NULL) {
        PyErr_NoMemory();
    } else {
        int64_t before = -1;
        Py_BEGIN_ALLOW_THREADS
        if (width == 1) {
            WRITE(uint8_t, full_of(1))
        } else if (width == 2) {
            WRITE(uint16_t, full_of(2))
        } else if (width == 4) {
            WRITE(uint32_t, full_of(4))
        } else {
            WRITE(uint64_t, full_of(8))
        }
        Py_END_ALLOW_THREADS
        made = PyBytes_FromStringAndSize(units, out - units);
        free(units);
    }
    PyBuffer_Release(&view);
    return made;
}

#define READ(TYPE)                                                                                 \
    for (size_t i = 0; i < units; i++) {                                                           \
        TYPE unit;                                                                                 \
        memcpy(&unit, from + i * sizeof unit, sizeof unit);                                        \
        if (at > most || unit > most - at)                                                         \
            return 0;                                                                              \
        at += unit;                                                                                \
        if (unit == full_of(sizeof unit)) {                                                        \
            open = 1;                                                                              \
            continue;                                                                              \
        }                                                                                          \
        open = 0;                                                                                  \
        if (found == clicks)                                                                       \
            return 0;                                                                              \
        place[found++] = (int64_t)at++;                                                            \
    }

static int decoded(const char *from, size_t bytes, int width, int64_t *place, size_t clicks)
{
    const uint64_t most = (uint64_t)1 << 62;
    size_t units = bytes / (size_t)width, found = 0;
    uint64_t at = 0;
    int open = 0;
    if (width == 1) {
        READ(uint8_t)
    } else if (width == 2) {
        READ(uint16_t)
    } else if (width == 4) {
        READ(uint32_t)
    } else {
        READ(uint64_t)
    }
    return !open && found == clicks;
}

static PyObject *places_read(PyObject *self, PyObject *args)
{
    Py_buffer raw, out;
    int width, good;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iw*", &raw, &width, &out))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    good = decoded(raw.buf, (size_t)raw.len, width, out.buf, (size_t)out.len / 8);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&raw);
    PyBuffer_Release(&out);
    return PyBool_FromLong(good);
}

PyMethodDef distil_places_methods[] = {
    {"places_written", places_written, METH_VARARGS,
     "places_written(place, width): the gaps between clicks, in units of so many bytes."},
    {"places_read", places_read, METH_VARARGS,
     "places_read(units, width, place): fill place; False where the units are not theirs."},
    {NULL, NULL, 0, NULL},
};
