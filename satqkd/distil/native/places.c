/* Gaps between clicks, each in units of 1, 2 or 4 bytes; the twin of satqkd/distil/places.py.
 *
 *   gap    3   7   600                 units of one byte; 255 adds itself and says 'it goes on'
 *   units  03  07  ff ff 5a
 */
#include <stdlib.h>
#include <string.h>

#include "native.h"

static inline uint64_t full_of(int width)
{
    return ((uint64_t)1 << (8 * width)) - 1;
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
        } else {
            WRITE(uint32_t, full_of(4))
        }
        Py_END_ALLOW_THREADS
        made = PyBytes_FromStringAndSize(units, out - units);
        free(units);
    }
    PyBuffer_Release(&view);
    return made;
}

/* Each place as it is decoded: TAKE says what becomes of it, or leaves by 'goto done'. */
#define READ(TYPE, TAKE)                                                                           \
    for (size_t i = 0; i < units; i++) {                                                           \
        TYPE unit;                                                                                 \
        memcpy(&unit, from + i * sizeof unit, sizeof unit);                                        \
        at += unit;                                                                                \
        if (unit == full_of(sizeof unit)) {                                                        \
            open = 1;                                                                              \
            continue;                                                                              \
        }                                                                                          \
        open = 0;                                                                                  \
        if (found == clicks || at > most)                                                          \
            goto done;                                                                             \
        TAKE;                                                                                      \
        found++, at++;                                                                             \
    }                                                                                              \
    good = !open && found == clicks;

#define DECODER(NAME, PLACE, TAKE)                                                                 \
    static int NAME(const char *from, size_t bytes, int width, PLACE *place, size_t clicks)        \
    {                                                                                              \
        const uint64_t most = (uint64_t)1 << 62;                                                   \
        size_t units = bytes / (size_t)width, found = 0;                                           \
        uint64_t at = 0;                                                                           \
        int good = 0, open = 0;                                                                    \
        if (width == 1) {                                                                          \
            READ(uint8_t, TAKE)                                                                    \
        } else if (width == 2) {                                                                   \
            READ(uint16_t, TAKE)                                                                   \
        } else {                                                                                   \
            READ(uint32_t, TAKE)                                                                   \
        }                                                                                          \
    done:                                                                                          \
        return good;                                                                               \
    }

DECODER(decoded, int64_t, place[found] = (int64_t)at)
DECODER(same, const int64_t, if (place[found] != (int64_t)at) goto done)

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

static PyObject *places_same(PyObject *self, PyObject *args)
{
    Py_buffer raw, known;
    int width, good;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iy*", &raw, &width, &known))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    good = same(raw.buf, (size_t)raw.len, width, known.buf, (size_t)known.len / 8);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&raw);
    PyBuffer_Release(&known);
    return PyBool_FromLong(good);
}

PyMethodDef distil_places_methods[] = {
    {"places_written", places_written, METH_VARARGS,
     "places_written(place, width): the gaps between clicks, in units of so many bytes."},
    {"places_read", places_read, METH_VARARGS,
     "places_read(units, width, place): fill place; False where the units are not theirs."},
    {"places_same", places_same, METH_VARARGS,
     "places_same(units, width, place): whether the units are those of place."},
    {NULL, NULL, 0, NULL},
};
