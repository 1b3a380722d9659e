/* SPDX-License-Identifier: MIT */

/* Matplotlib in the sandbox, when it is installed: what a script shows or saves becomes a FIGURE event. Matplotlib wants a
 * folder for its settings and the list of fonts; here it keeps neither, and is given a backend that draws into memory. */

#include "config.h"

#include "recorder.h"
#include "tracer.h"

#define PICTURE_MAX (16 << 20)

static const char figures_code[] =
  "import os, sys\n"
  "\n"
  "BACKEND = '''\n"
  "import io\n"
  "from matplotlib._pylab_helpers import Gcf\n"
  "from matplotlib.backend_bases import FigureManagerBase as FigureManager, _Backend\n"
  "from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas\n"
  "from matplotlib.figure import Figure\n"
  "\n"
  "original = Figure.savefig\n"
  "\n"
  "def tell(figure):\n"
  "    if not wanted:\n"
  "        return\n"
  "    out = io.BytesIO()\n"
  "    original(figure, out, format='png', dpi=96)\n"
  "    picture(out.getvalue())\n"
  "\n"
  "def savefig(self, fname, *args, **names):\n"
  "    if isinstance(fname, (str, os.PathLike)):\n"
  "        tell(self)\n"
  "    return original(self, fname, *args, **names)\n"
  "\n"
  "savefig.__doc__ = original.__doc__\n"
  "Figure.savefig = savefig\n"
  "\n"
  "@_Backend.export\n"
  "class Backend(_Backend):\n"
  "    FigureCanvas = FigureCanvas\n"
  "    FigureManager = FigureManager\n"
  "\n"
  "    @staticmethod\n"
  "    def show(*args, **names):\n"
  "        for manager in Gcf.get_all_fig_managers():\n"
  "            tell(manager.canvas.figure)\n"
  "        Gcf.destroy_all()\n"
  "'''\n"
  "\n"
  "class Loader:\n"
  "    def create_module(self, spec):\n"
  "        return None\n"
  "    def exec_module(self, module):\n"
  "        module.picture, module.wanted, module.os = picture, wanted, os\n"
  "        exec(compile(BACKEND, 'backstep_figures.py', 'exec'), module.__dict__)\n"
  "\n"
  "class Fonts:\n"
  "    'The list of fonts is made anew, and not written down.'\n"
  "    def __init__(self, loader):\n"
  "        self.loader = loader\n"
  "    def create_module(self, spec):\n"
  "        return self.loader.create_module(spec)\n"
  "    def exec_module(self, module):\n"
  "        import builtins, contextlib, io\n"
  "        from matplotlib import cbook\n"
  "        opened, lock = builtins.open, cbook._lock_path\n"
  "        def open(file, mode='r', *args, **names):\n"
  "            return io.StringIO() if 'w' in mode else opened(file, mode, *args, **names)\n"
  "        builtins.open, cbook._lock_path = open, lambda path: contextlib.nullcontext()\n"
  "        try:\n"
  "            self.loader.exec_module(module)\n"
  "        finally:\n"
  "            builtins.open, cbook._lock_path = opened, lock\n"
  "\n"
  "class Finder:\n"
  "    def find_spec(self, name, path, target=None):\n"
  "        if name == 'backstep_figures':\n"
  "            return type(sys.__spec__)(name, Loader())\n"
  "        if name == 'matplotlib':\n"
  "            os.environ.setdefault('MPLBACKEND', 'module://backstep_figures')\n"
  "            os.environ.setdefault('MPLCONFIGDIR', '/dev/shm')\n"
  "        if name == 'matplotlib.font_manager':\n"
  "            import importlib.machinery\n"
  "            spec = importlib.machinery.PathFinder.find_spec(name, path)\n"
  "            if spec is not None:\n"
  "                spec.loader = Fonts(spec.loader)\n"
  "            return spec\n"
  "        return None\n"
  "\n"
  "sys.meta_path.insert(0, Finder())\n";

static PyObject *
tell_picture (PyObject *self, PyObject *bytes)
{
  if (!PyBytes_Check (bytes) || PyBytes_GET_SIZE (bytes) > PICTURE_MAX)
    return PyErr_Format (PyExc_ValueError, "a picture is at most %d bytes", PICTURE_MAX);
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_figure (bs_recorder.writer, PyBytes_AS_STRING (bytes), PyBytes_GET_SIZE (bytes));
  bs_recorder_end ();
  Py_RETURN_NONE;
}

static PyMethodDef picture_function = { "picture", tell_picture, METH_O, NULL };

gboolean
bs_figures_install (gboolean records)
{
  PyObject *scope = PyDict_New (), *function = PyCFunction_New (&picture_function, NULL), *done;

  PyDict_SetItemString (scope, "__builtins__", PyEval_GetBuiltins ());
  PyDict_SetItemString (scope, "picture", function);
  PyDict_SetItemString (scope, "wanted", records ? Py_True : Py_False); /* else nobody looks */
  Py_DECREF (function);
  done = PyRun_String (figures_code, Py_file_input, scope, scope);
  if (done == NULL)
    PyErr_Print ();
  Py_XDECREF (done);
  Py_DECREF (scope);
  return done != NULL;
}
