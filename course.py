"""python3 course.py [start|test|run|doctor|emulator|env|reset]: the one door to the course.

Sets everything up on its first call (Python 3.11 or newer is all it needs), then hands its verb on.
This file keeps to a syntax that old Pythons can read, so that they can say what is wrong.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older Pythons reach this line, and only this line can tell them
    # no f-string: Python 2 and 3.5 must be able to read this file
    this_python = sys.version.split()[0] + " (" + sys.executable + ")"
    sys.exit(
        "The course needs Python 3.11 or newer; this is Python " + this_python + ". Install a newer one "
        "(from python.org, conda or your system's packages) and start again with it: python3.12 course.py"
    )

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - read by old Pythons too

from aws14.command.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
