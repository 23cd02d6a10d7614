/* Gaps between clicks, each in units of 1, 2 or 4 bytes; the twin of satqkd/distil/places.py.
 *
 *   gap    3   7   600                 units of one byte; 255 adds itself and says 'it goes on'
 *   units  03  07  ff ff 5a
 */
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

/* One clone a generation of processor where the C library can choose between them. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) &&          \
    !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

/* The largest gap but the first, from which on 0xFF is as good as any. */
CLONES static int64_t largest_gap(const int64_t *place, size_t clicks)
{
    int64_t most = 0;
    for (size_t i = 1; i < clicks; i++) {
        int64_t gap = place[i] - place[i - 1] - 1;
        most = gap > most ? gap : most;
    }
    return most;
}

CLONES static void short_gaps(const int64_t *place, size_t clicks, uint8_t *out)
{
    for (size_t i = 1; i < clicks; i++)
        out[i] = (uint8_t)(place[i] - place[i - 1] - 1);
}

/* Bytes a unit that make the message shortest, and how many units there are. */
static int shortest(const int64_t *place, size_t clicks, uint64_t *units)
{
    static const int widths[] = {1, 2, 4};
    uint64_t more[3] = {0, 0, 0};
    int64_t before = -1;
    for (size_t i = 0; i < clicks; i++) {
        uint64_t gap = (uint64_t)(place[i] - before) - 1;
        before = place[i];
        if (gap < 0xFF)
            continue;
        more[0] += gap / 0xFF;
        more[1] += gap / 0xFFFF;
        more[2] += gap / 0xFFFFFFFF;
    }
    int best = 0;
    for (int k = 1; k < 3; k++)
        if ((clicks + more[k]) * (uint64_t)widths[k] < (clicks + more[best]) * (uint64_t)widths[best])
            best = k;
    *units = clicks + more[best];
    return widths[best];
}

static PyObject *places_written(PyObject *self, PyObject *args)
{
    Py_buffer view;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*", &view))
        return NULL;
    const int64_t *place = view.buf;
    size_t clicks = (size_t)view.len / 8;
    uint64_t units = clicks;
    int width = 1, dense;
    Py_BEGIN_ALLOW_THREADS
    dense = clicks > 0 && place[0] < 0xFF && largest_gap(place, clicks) < 0xFF;
    if (!dense)
        width = shortest(place, clicks, &units);
    Py_END_ALLOW_THREADS
    uint64_t head[2] = {clicks, units};
    PyObject *made = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(17 + units * (uint64_t)width));
    if (made != NULL) {
        char *out = PyBytes_AsString(made);
        int64_t before = -1;
        *out++ = (char)width;
        memcpy(out, head, sizeof head), out += sizeof head;
        Py_BEGIN_ALLOW_THREADS
        if (dense) {
            *out = (char)place[0];
            short_gaps(place, clicks, (uint8_t *)out);
        } else if (width == 1) {
            WRITE(uint8_t, full_of(1))
        } else if (width == 2) {
            WRITE(uint16_t, full_of(2))
        } else {
            WRITE(uint32_t, full_of(4))
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&view);
    return made;
}

#define READ(TYPE)                                                                                 \
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
        place[found++] = (int64_t)at++;                                                            \
    }                                                                                              \
    good = !open && found == clicks;

static PyObject *places_read(PyObject *self, PyObject *args)
{
    Py_buffer raw, out;
    int width, good = 0, open = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*iw*", &raw, &width, &out))
        return NULL;
    const char *from = raw.buf;
    int64_t *place = out.buf;
    size_t units = (size_t)raw.len / (size_t)width, clicks = (size_t)out.len / 8, found = 0;
    const uint64_t most = (uint64_t)1 << 62;
    uint64_t at = 0;
    Py_BEGIN_ALLOW_THREADS
    if (width == 1) {
        READ(uint8_t)
    } else if (width == 2) {
        READ(uint16_t)
    } else {
        READ(uint32_t)
    }
done:;
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&raw);
    PyBuffer_Release(&out);
    return PyBool_FromLong(good);
}

PyMethodDef distil_places_methods[] = {
    {"places_written", places_written, METH_VARARGS,
     "places_written(place): the gaps between clicks, as a message."},
    {"places_read", places_read, METH_VARARGS,
     "places_read(units, width, place): fill place; False where the units are not theirs."},
    {NULL, NULL, 0, NULL},
};
