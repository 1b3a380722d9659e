def f(x):
    return [1, 2][x] + (x / 0)

def g():
    return f(1)


g()
