#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pictures of the software centre: make.py BUILD_FOLDER [NAME...], with Xvfb, dbus, xdotool and ImageMagick.
Each is the real window, at the step a lecture would stop at."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"
SIZE = "1280x760"
PICTURES = {
    "light": ("quadratic.py", "41", {"ADW_DEBUG_COLOR_SCHEME": "prefer-light"}),
    "dark": ("xor.py", "72", {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}),
    "chinese": ("twice.py", "18", {"LANGUAGE": "zh_CN"}),
}


def inside(build, name):
    """Under the display and the bus that main() has made."""
    script, step, environment = PICTURES[name]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory(prefix="course-") as course:
        shutil.copy(EXAMPLES / script, course)
        window = subprocess.Popen([build / "src/cli/backstep", "--new-instance", "--step", step, pathlib.Path(course) / script], env={
            **os.environ, "LC_ALL": "C.UTF-8", "GSETTINGS_BACKEND": "memory", "GSK_RENDERER": "cairo", "XDG_STATE_HOME": home, **environment})
        time.sleep(float(os.environ.get("BACKSTEP_PATIENCE", "12")))
        target = HERE / f"{name}.png"
        subprocess.run(["import", "-window", "root", target], check=True)
        subprocess.run(["convert", target, "-strip", "-colors", "200", "-define", "png:compression-level=9", f"png8:{target}"], check=True)
        window.terminate()
        window.wait()
        print(target.name, target.stat().st_size // 1024, "KiB")


def main():
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or list(PICTURES)
    if os.environ.get("BACKSTEP_INSIDE"):
        inside(build, names[0])
        return
    for name in names:
        subprocess.run(["xvfb-run", "-a", "-s", f"-screen 0 {SIZE}x24", "dbus-run-session", "--", sys.executable, __file__, build, name],
                       check=True, env={**os.environ, "BACKSTEP_INSIDE": "1"})


main()
