name = input("name? ")
print("hello", name)
for line in open(0):
    print(line.strip().upper())
