import atexit
atexit.register(print, "bye")
class A:
    def __del__(self):
        print("gone")
a = A()
print("end", end="")
