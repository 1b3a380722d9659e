#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Without a display: `./dev run FILE` prints an address, and a browser there shows the window and takes keys.
Chromium is driven through its WebDriver, which speaks JSON over HTTP."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import zlib

ROOT, EXAMPLE = sys.argv[1:3]
del sys.argv[1:3]
PATIENCE = float(os.environ.get("BACKSTEP_PATIENCE", "60"))
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,800"]
RIGHT = "\ue014"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unfilter(kind, line, above, step):
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        up, corner = above[i], above[i - step] if i >= step else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 2:
            line[i] = (line[i] + up) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
            line[i] = (line[i] + near[2]) & 255


def pixels(png):
    """The rows of a PNG of 8 bits a channel, not interlaced."""
    at, data, size = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", png[at + 8:at + 18])
            size = (width, height, {2: 3, 6: 4}[colour])
        elif kind == b"IDAT":
            data += png[at + 8:at + 8 + length]
        at += 12 + length
    width, height, step = size
    raw, rows, above = zlib.decompress(data), [], bytearray(width * step)
    for y in range(height):
        begin = y * (width * step + 1)
        line = bytearray(raw[begin + 1:begin + 1 + width * step])
        unfilter(raw[begin], line, above, step)
        rows.append(bytes(line))
        above = line
    return rows, step


class Browser:
    def __init__(self, driver):
        self.folder = tempfile.mkdtemp()
        self.port = free_port()
        self.process = subprocess.Popen([driver, f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = ""
        self.wait_for(lambda: self.ask("GET", "/status")["ready"], "for the driver")
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": CHROMIUM + [f"--user-data-dir={self.folder}"]}}
        self.session = "/session/" + self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.session}{path}", method=method,
                                         data=json.dumps(body).encode() if body is not None else None)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise OSError(problem.read().decode(errors="replace")[:400]) from problem

    def wait_for(self, condition, what):
        end, problem = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            try:
                found = condition()
            except OSError as error:
                found, problem = None, error
            if found:
                return found
            time.sleep(0.3)
        raise AssertionError(f"waited in vain {what} {problem}")

    def press(self, key):
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]}]})

    def look(self):
        return base64.b64decode(self.ask("GET", "/screenshot"))

    def close(self):
        try:
            self.ask("DELETE", "")
        except OSError:
            pass
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def colours(picture):
    """Of a seventh of the columns and rows: an empty page has one or two."""
    rows, step = pixels(picture)
    return {rows[y][x * step:x * step + 3] for y in range(0, len(rows), 7) for x in range(0, len(rows[0]) // step, 7)}


class WithoutDisplay(unittest.TestCase):
    def start(self):
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "GTK_A11Y", "NO_AT_BRIDGE")}
        environment["GSETTINGS_BACKEND"] = "memory"
        process = subprocess.Popen([os.path.join(ROOT, "dev"), "run", EXAMPLE], env=environment, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True)
        self.addCleanup(self.stop, process)
        for line in process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                return found[0]
        self.fail("no address was printed")

    def stop(self, process):
        os.killpg(process.pid, signal.SIGTERM)
        process.stderr.close()
        process.wait()

    def settled(self, browser, other_than):
        """A picture that stands still, and is not @other_than."""
        before = [None]

        def look():
            now = browser.look()
            still = now == before[0] and now != other_than and len(colours(now)) > 20
            before[0] = now
            return now if still else None
        return browser.wait_for(look, "for another picture")

    def test_open_and_step(self):
        driver = shutil.which("chromedriver")
        if driver is None or shutil.which("gtk4-broadwayd") is None:
            print("SKIP: chromedriver or gtk4-broadwayd is missing")
            sys.exit(77)
        address = self.start()
        browser = Browser(driver)
        self.addCleanup(browser.close)
        browser.ask("POST", "/url", {"url": address})
        first = self.settled(browser, None)
        rows, _ = pixels(first)
        for _ in range(8):
            browser.press(RIGHT)
        later, _ = pixels(self.settled(browser, first))
        changed = [y for y in range(len(rows)) if rows[y] != later[y]]
        # The line of the source at the top, the graph in the middle, the line of the status at the bottom.
        self.assertGreater(len(changed), 40)
        self.assertGreater(max(changed) - min(changed), len(rows) // 3)


unittest.main(verbosity=2)
