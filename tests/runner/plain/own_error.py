class MyError(Exception):
    pass

raise MyError("äöü 中文")
