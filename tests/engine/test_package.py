#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_package.py BUILD SOURCE: installs the engine's library and headers beside the build, and compiles the example of the
README against them, as a program elsewhere would: with the shared and with the static library."""
import os
import pathlib
import subprocess
import sys
import tempfile

EXPECTED = "w = 2.0000, b = 1.0000\n"


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"not ok - {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    build, source = map(pathlib.Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        run("meson", "install", "-C", build, "--destdir", folder, "--tags", "engine,devel", "--no-rebuild")
        pc = next(pathlib.Path(folder).rglob("backstep-engine.pc"))
        text = pc.read_text()
        prefix = text.split("prefix=", 1)[1].split("\n", 1)[0]
        pc.write_text(text.replace("prefix=" + prefix, "prefix=" + folder + prefix, 1))
        environment = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent)}
        prefix = pathlib.Path(folder + prefix)
        print("1..3")
        for number, kind in enumerate(("shared", "static"), 1):
            options = run("pkg-config", "--cflags", "--libs", *(["--static"] if kind == "static" else []),
                          "backstep-engine", env=environment).split()
            if kind == "static":
                options = [str(next(prefix.rglob("libbackstep-engine.a"))) if o == "-lbackstep-engine" else o for o in options]
            program = pathlib.Path(folder) / ("example-" + kind)
            run("cc", "-Wall", "-Werror", source, "-o", program, *options)
            said = run(program, env={**os.environ, "LD_LIBRARY_PATH": str(next(prefix.rglob("libbackstep-engine.so")).parent)})
            print("ok" if said == EXPECTED else "not ok", number, "-", kind, repr(said))
        library = next(prefix.rglob("libbackstep-engine.so"))
        names = [line.split()[-1] for line in run("nm", "-D", "--defined-only", library).splitlines()]
        strangers = [name for name in names if not name.startswith("bs_")]
        private = [name for name in names if name in ("bs_state", "bs_node_new", "bs_gemm", "bs_tensor_fresh")]
        print("ok" if "bs_apply" in names and not strangers and not private else "not ok", 3,
              "- exports the headers' names and no others", strangers, private)


main()
