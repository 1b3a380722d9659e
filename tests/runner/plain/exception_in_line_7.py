x = 1
# second
# third

y = 2

z = x + undefined_name * 2
