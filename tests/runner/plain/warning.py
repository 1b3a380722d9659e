import warnings
warnings.warn("careful")
print(f"{1/3:.4f} {10**20:,} {0.1+0.2!r}")
