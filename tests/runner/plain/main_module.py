import sys, os
print(sys.argv[1:], __name__, os.path.basename(__file__), __doc__, __package__, __spec__)
print(sorted(k for k in globals() if k.startswith("__")))
print(type(__loader__).__name__, sys.path[0] == os.path.dirname(os.path.abspath(__file__)))
