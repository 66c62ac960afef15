"""Hot loops on plain arrays. Kernels import numpy and numba only; random numbers are handed in."""
