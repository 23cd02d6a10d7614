/* satqkd.distil._native: the parts of 'distil' that count in nanoseconds a bit. Every function has
 * a twin in Python that gives the same bytes; none of them keeps state between calls but in what
 * it returns. */
#include "native.h"

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_native",
    .m_doc = "Distillation in C; the same bytes as in Python.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__native(void)
{
    PyMethodDef *tables[] = {distil_bits_methods, distil_places_methods, distil_hash_methods,
                             distil_cascade_methods, distil_ldpc_methods};
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (PyModule_AddFunctions(module, tables[i]) < 0) {
            Py_DECREF(module);
            return NULL;
        }
    return module;
}
