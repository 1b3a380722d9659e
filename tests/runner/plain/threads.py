import threading
t = threading.Thread(target=lambda: print("in a thread"))
t.start()
t.join()
def bad():
    raise ValueError("thread")
t = threading.Thread(target=bad, name="bad")
t.start()
t.join()
print("main goes on")
