# SPDX-License-Identifier: MIT
"""Feeds the table of operations to operations.py: test_operations.py DUMP RUNNER."""

import pathlib
import subprocess
import sys

dump, backstep = sys.argv[1:]
table = subprocess.run([dump], check=True, capture_output=True).stdout
done = subprocess.run([backstep, "--plain", pathlib.Path(__file__).with_name("operations.py")], input=table)
sys.exit(done.returncode)
