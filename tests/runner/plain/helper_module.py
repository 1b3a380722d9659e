value = 5

def fail():
    raise RuntimeError("in the helper")
