# SPDX-License-Identifier: MIT
"""run_check.py RUNNER: check_ops.py with our own torch."""
import pathlib
import subprocess
import sys

sys.exit(subprocess.run([sys.argv[1], "--plain", pathlib.Path(__file__).with_name("check_ops.py")], check=False).returncode)
