print({"a", "b", "c", "d"} == {"d", "c", "b", "a"}, sorted({"x", "y"}))
import random
random.seed(1)
print(random.random())
import json, re, math, collections, itertools, functools, dataclasses
print(json.dumps({"a": 1}), re.sub("a", "b", "aa"), math.pi)
