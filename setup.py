"""The optional part in C: built where there is a compiler, left out where there is none."""

from pathlib import Path

from setuptools import Extension, setup

NATIVE = Path("satqkd/distil/native")

setup(
    ext_modules=[
        Extension(
            "satqkd.distil._native",
            sources=sorted(str(path) for path in NATIVE.glob("*.c")),
            depends=sorted(str(path) for path in NATIVE.glob("*.h")),
            define_macros=[("Py_LIMITED_API", "0x030b0000")],  # one build for 3.11 and later
            extra_compile_args=["-std=gnu11", "-O3", "-Wall", "-Wextra"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
