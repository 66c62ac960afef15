"""What runs inside a worker process, before the program it was made for. Standard library only, and nothing of aws14.

`__main__` is started by path, isolated from the environment; it makes this folder the package ``inside`` for itself.
"""
