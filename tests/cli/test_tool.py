# SPDX-License-Identifier: MIT
"""The commands without a window, as a person calls them. Arguments: backstep-tool, make-recording,
the folder of examples."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL, MAKE, EXAMPLES = sys.argv[1:4]

ALWAYS = {"step": int, "pass": int, "phase": str, "kind": str, "source": (dict, type(None)), "frame": list, "text": str}
TENSOR = (dict, type(None))
VALUE = (dict, type(None))
BY_KIND = {
    "line": {},
    "call": {"function": str, "module": (str, type(None))},
    "return": {},
    "tensor": {"tensor": dict, "op": str, "symbol": (str, type(None)), "grad_fn": (str, type(None)), "inputs": list,
               "attributes": dict, "requires_grad": bool, "leaf": bool, "flags": list, "storage": int, "alias": TENSOR,
               "saved": list, "value": dict},
    "name": {"variable": str, "before": object, "after": object},
    "backward-begin": {"root": dict, "retain_graph": bool, "create_graph": bool, "seed": dict},
    "node": {"node": dict, "upstream": VALUE},
    "edge": {"node": TENSOR, "input": int, "to": TENSOR, "contribution": dict, "sum": dict, "first": bool},
    "node-done": {"node": TENSOR, "released": bool, "saved_bytes": int},
    "backward-end": {"ok": bool},
    "accumulate": {"tensor": dict, "before": VALUE, "contribution": dict, "after": dict},
    "write": {"tensor": dict, "storage": int, "op": (str, type(None)), "inputs": list, "attributes": dict,
              "version": int, "before": dict, "after": dict, "also": list},
    "grad-set": {"tensor": dict, "before": VALUE, "after": VALUE},
    "requires-grad": {"tensor": dict, "before": bool, "after": bool},
    "mode": {"before": str, "after": str},
    "release": {"bytes": int},
    "output": {"stream": str, "output": str},
    "error": {"type": str, "message": str, "traceback": str, "help": str},
    "end": {"how": str, "status": int, "detail": str},
}


def tool(*args):
    return subprocess.run([TOOL, *args], capture_output=True, text=True, timeout=60)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.scalars = cls.path("scalars.backstep")
        cls.matrices = cls.path("matrices.backstep")
        subprocess.run([MAKE, cls.scalars], check=True)
        subprocess.run([MAKE, cls.matrices, "4"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory.name, name)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return self.path(name)

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def check_value(self, value):
        self.assertIsInstance(value["dtype"], str)
        data = value["data"]
        for size in value["shape"]:
            self.assertEqual(len(data), size)
            data = data[0]
        self.assertNotIsInstance(data, list)

    def check_event(self, event):
        for key, kind in {**ALWAYS, **BY_KIND[event["kind"]]}.items():
            self.assertIn(key, event)
            self.assertIsInstance(event[key], kind, key)
        for key in ("value", "before", "after", "contribution", "sum", "upstream", "seed"):
            if isinstance(event.get(key), dict) and "dtype" in event[key]:
                self.check_value(event[key])
        extra = set(event) - set(ALWAYS) - set(BY_KIND[event["kind"]]) - {"tensor", "node", "storage"}
        self.assertFalse(extra)

    def trace(self, *args):
        result = tool("trace", "--json", *args)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]


class Trace(Case):
    def test_json_follows_its_schema(self):
        for path in (self.scalars, self.matrices):
            events = self.trace(path)
            self.assertEqual([e["step"] for e in events], list(range(1, len(events) + 1)))
            for event in events:
                self.check_event(event)
            self.assertEqual(events[-1]["kind"], "end")

    def test_help_names_every_key(self):
        text = tool("trace", "--help").stdout
        for kind, keys in BY_KIND.items():
            self.assertIn(kind, text)
            for key in keys:
                self.assertIn(key, text)

    def test_text_has_a_line_for_each_step(self):
        lines = tool("trace", self.scalars).stdout.splitlines()
        self.assertEqual(len(lines), len(self.trace(self.scalars)))

    def test_one_step(self):
        self.assertEqual(self.trace(self.scalars, "--step", "5")[0], self.trace(self.scalars)[4])

    def test_one_pass(self):
        events = self.trace(self.scalars, "--pass", "2")
        self.assertEqual({e["pass"] for e in events}, {2})
        self.assertEqual([e["phase"] for e in events], sorted((e["phase"] for e in events),
                                                              key=["forward", "backward", "update"].index))

    def test_no_such_step(self):
        for args in (["--step", "999999"], ["--step", "x"], ["--pass", "77"], ["--step", "-1"]):
            result = tool("trace", self.scalars, *args)
            self.assertEqual(result.returncode, 2)
            self.assertIn("backstep: ", result.stderr)


class Files(Case):
    def test_verify(self):
        for path in (self.scalars, self.matrices):
            result = tool("verify", path)
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assertIn("sound", result.stdout)

    def test_save_again(self):
        again = self.path("again.backstep")
        self.assertEqual(tool("record", self.scalars, "-o", again).returncode, 0)
        self.assertEqual(self.read(again), self.read(self.scalars))

    def test_truncated(self):
        data = self.read(self.scalars)
        result = tool("verify", self.write("cut.backstep", data[:-100]))
        self.assertEqual(result.returncode, 1)
        self.assertIn("cut off", result.stderr)

    def test_damaged(self):
        data = bytearray(self.read(self.scalars))
        data[len(data) // 2] ^= 1
        result = tool("verify", self.write("damaged.backstep", bytes(data)))
        self.assertEqual(result.returncode, 1)
        self.assertIn("checksum", result.stderr)

    def test_newer(self):
        data = bytearray(self.read(self.scalars))
        data[8] = 200
        result = tool("trace", self.write("newer.backstep", bytes(data)))
        self.assertEqual(result.returncode, 1)
        self.assertIn("newer version", result.stderr)

    def test_no_recording(self):
        result = tool("verify", self.write("text.backstep", b"import torch\n"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("not a Backstep recording", result.stderr)

    def test_nowhere_to_write(self):
        self.assertEqual(tool("record", self.scalars).returncode, 2)
        result = tool("record", self.scalars, "-o", "/nowhere/at/all.backstep")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nowhere/at/all.backstep", result.stderr)


class Scripts(Case):
    def test_output_and_status(self):
        path = self.write("hello.py", b"import sys\nprint('hello')\nprint('oh', file=sys.stderr)\n")
        result = tool("run", path)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "hello\n", "oh\n"))

    def test_error(self):
        path = self.write("error.py", b"x = 1\n\n1 / 0\n")
        for command in (["run", path], ["trace", path], ["record", path, "-o", self.path("error.backstep")]):
            result = tool(*command)
            self.assertEqual(result.returncode, 1)
            self.assertTrue(result.stderr.endswith("ZeroDivisionError: division by zero\n"), result.stderr)
            self.assertIn(f'File "{path}", line 3', result.stderr)

    def test_errors_come_with_help(self):
        for code, word in ((b"%matplotlib inline\n", "Jupyter"), (b"import tensorflow\n", "not installed"),
                           (b"open('/etc/passwd')\n", "sandbox"), (b"print(y)\n", "Nothing has this name"),
                           (b"import torch\ntorch.ones(2, 3) @ torch.ones(2, 3)\n", "columns of the first factor"),
                           (b"import torch\ntorch.ones(2, requires_grad=True).backward()\n", "single number")):
            with self.subTest(code):
                path = self.write("wrong.py", code)
                self.assertIn(word, tool("run", path).stderr.splitlines()[-1])
                self.assertIn(word, tool("trace", "--json", path).stdout)

    def test_recording_of_a_script(self):
        path = self.write("count.py", b"total = 0\nfor i in range(4):\n    total += i\nprint(total)\n")
        saved = self.path("count.backstep")
        self.assertEqual(tool("record", path, "-o", saved).returncode, 0)
        self.assertEqual(self.trace(path), self.trace(saved))
        self.assertEqual(tool("run", saved).stdout, "6\n")
        for event in self.trace(saved):
            self.check_event(event)

    def test_missing(self):
        result = tool("trace", self.path("missing.py"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("missing.py", result.stderr)

    def test_directory(self):
        self.assertEqual(tool("trace", self.directory.name).returncode, 1)


class Examples(Case):
    """What real scripts record: it follows the schema, and every step can be taken both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        probe = cls.path("probe.py")
        with open(probe, "w") as file:
            file.write("import torch\nprint(torch.ones(2).sum().item())\n")
        if '"kind": "tensor"' not in tool("trace", "--json", probe).stdout:
            raise unittest.SkipTest("the torch module is not the one that is recorded")

    def test_examples(self):
        for name in sorted(os.listdir(EXAMPLES)):
            if not name.endswith(".py"):
                continue
            with self.subTest(name):
                saved = self.path(name + ".backstep")
                tool("record", os.path.join(EXAMPLES, name), "-o", saved)
                result = tool("verify", saved)
                self.assertIn("sound", result.stdout, result.stdout + result.stderr)
                for line in tool("trace", "--json", saved).stdout.splitlines():
                    self.check_event(json.loads(line))

    def test_quadratic(self):
        saved = self.path("quadratic.backstep")
        self.assertEqual(tool("record", os.path.join(EXAMPLES, "quadratic.py"), "-o", saved).returncode, 0)
        events = self.trace(saved)
        self.assertEqual(events[-1]["pass"], 100)
        lines = "".join(e["output"] for e in events if e["kind"] == "output").splitlines()
        self.assertEqual(lines[0], "w = 9.8000, loss = 120.0000")
        self.assertEqual(lines[-1], "w = 1.3262, loss = 21.8313")
        first = next(e for e in events if e["kind"] == "accumulate")
        self.assertEqual((first["tensor"]["name"], first["before"], first["after"]["data"]), ("w", None, 20))


class Series(Case):
    """export --steps"""

    def setUp(self):
        self.out = self.path("series")
        os.makedirs(self.out, exist_ok=True)

    def export(self, name, *args, **options):
        environment = {**os.environ, **options}
        return subprocess.run([TOOL, "export", self.scalars, "-o", os.path.join(self.out, name), *args], capture_output=True, text=True,
                              timeout=120, env=environment)

    def test_pages(self):
        for by, least in (("change", 8), ("line", 3), ("phase", 3), ("pass", 1), ("event", 20)):
            with self.subTest(by):
                result = self.export("a.pdf", "--steps", "all", "--by", by, "--caption")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                with open(os.path.join(self.out, "a.pdf"), "rb") as file:
                    data = file.read()
                self.assertTrue(data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF"))
                self.assertGreaterEqual(max(int(n) for n in re.findall(rb"/Count (\d+)", data)), least)

    def test_pass(self):
        def pages(*args):
            result = self.export("a.pdf", "--steps", "all", "--by", "event", *args)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            with open(os.path.join(self.out, "a.pdf"), "rb") as file:
                return max(int(n) for n in re.findall(rb"/Count (\d+)", file.read()))

        whole, parts = pages(), [pages("--pass", str(n)) for n in range(2)]
        self.assertTrue(all(0 < part < whole for part in parts), (whole, parts))
        self.assertEqual(self.export("a.pdf", "--steps", "0..1", "--pass", "1").returncode, 2)
        self.assertEqual(self.export("a.pdf", "--steps", "all", "--pass", "900").returncode, 2)

    def test_numbered(self):
        self.assertEqual(self.export("n.png", "--steps", "8..12", "--by", "event", "--scale", "0.5").returncode, 0)
        names = sorted(name for name in os.listdir(self.out) if name.startswith("n-"))
        self.assertEqual(names, ["n-08.png", "n-09.png", "n-10.png", "n-11.png", "n-12.png"])
        sizes = set()
        for name in names:
            with open(os.path.join(self.out, name), "rb") as file:
                sizes.add(file.read(24)[16:])
        self.assertEqual(len(sizes), 1)

    def test_animation(self):
        if shutil.which("ffmpeg") is None:
            self.skipTest("no ffmpeg")
        self.assertEqual(self.export("a.gif", "--steps", "1..9", "--scale", "0.5", "--seconds", "0.2").returncode, 0)
        with open(os.path.join(self.out, "a.gif"), "rb") as file:
            self.assertEqual(file.read(6), b"GIF89a")

    def test_refused(self):
        for args in (("x.svg", "--steps", "all"), ("x.pdf", "--steps", "7..3"), ("x.pdf", "--steps", "0..999999"), ("x.pdf", "--steps", "x"),
                     ("x.pdf", "--steps", "all", "--by", "luck")):
            with self.subTest(args):
                result = self.export(*args)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertTrue(result.stderr)
        result = self.export("x.webm", "--steps", "all", PATH="/nowhere")
        self.assertEqual(result.returncode, 1)
        self.assertIn("ffmpeg", result.stderr)
        self.assertEqual(self.export("none/x.pdf", "--steps", "all").returncode, 1)
        self.assertFalse([name for name in os.listdir(self.out) if name.startswith("x")])


class Curves(Case):
    """export --curves and --landscape, of a run whose numbers are known: loss = (w - 3)² + (b + 1)²"""

    SCRIPT = """import torch
w = torch.tensor(10.0, requires_grad=True)
b = torch.tensor(1.0, requires_grad=True)
for i in range(5):
    loss = (w - 3) ** 2 + (b + 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
        w.grad.zero_()
        b.grad.zero_()
"""

    def setUp(self):
        self.script = self.path("bowl.py")
        with open(self.script, "w", encoding="utf-8") as file:
            file.write(self.SCRIPT)

    def rows(self, *args):
        out = self.path("out.csv")
        result = tool("export", self.script, "-o", out, *args)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with open(out, encoding="utf-8") as file:
            lines = file.read().replace('"', "").split()
        return lines[0].split(","), [[float(x) for x in line.split(",")] for line in lines[1:]]

    def test_curves(self):
        names, rows = self.rows("--curves")
        self.assertEqual(sorted(names), ["b", "loss", "pass", "w"])
        self.assertEqual(len(rows), 5)
        w, b = 10.0, 1.0
        for row in rows:
            found = dict(zip(names, row))
            self.assertAlmostEqual(found["loss"], (w - 3) ** 2 + (b + 1) ** 2, places=4)
            w, b = w - 0.2 * (w - 3), b - 0.2 * (b + 1)
            self.assertAlmostEqual(found["w"], w, places=4)
            self.assertAlmostEqual(found["b"], b, places=4)

    def test_landscape(self):
        names, rows = self.rows("--landscape", "--pass", "2", "--over", "w;b")
        self.assertEqual(names, ["w", "b", "loss"])
        self.assertGreater(len(rows), 400)
        for w, b, loss in rows:
            self.assertAlmostEqual(loss, (w - 3) ** 2 + (b + 1) ** 2, delta=1e-4 * max(1, loss))

    def test_pictures(self):
        for kind in ("--curves", "--landscape"):
            for ending, begins in ((".svg", b"<?xml"), (".pdf", b"%PDF"), (".png", b"\x89PNG")):
                with self.subTest((kind, ending)):
                    out = self.path("picture" + ending)
                    self.assertEqual(tool("export", self.script, kind, "-o", out).returncode, 0)
                    with open(out, "rb") as file:
                        self.assertTrue(file.read().startswith(begins))

    def test_refused(self):
        self.assertNotEqual(tool("export", self.script, "--landscape", "--over", "nothing", "-o", self.path("x.svg")).returncode, 0)
        self.assertEqual(tool("export", self.script, "--curves", "-o", self.path("x.gif")).returncode, 2)


class Usage(Case):
    def test_usage(self):
        for args in ([], ["nonsense"], ["trace"], ["trace", "--nonsense", "x.py"], ["export", "x.py"],
                     ["export", "x.py", "-o", "x.gif"]):
            result = tool(*args)
            self.assertEqual(result.returncode, 2, args)
            self.assertTrue(result.stderr)

    def test_help(self):
        for command in ("trace", "export", "record", "verify", "run"):
            self.assertEqual(tool(command, "--help").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
