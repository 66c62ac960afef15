"""Pages written in PHP: the part of the language that small dynamic pages use.

===============  ===============================================================================================
``syntax``       what a page consists of
``tokens``       a page cut into words; ``reading``: words become syntax; ``expressions``: values among them
``values``       how PHP converts and compares
``running``      a page run for one request; ``evaluating``: its expressions
``functions``    the functions that pages may call; ``mysql``: those that ask a database
``sessions``     what a server remembers of a visitor
``pages``        a request in, an answer out
===============  ===============================================================================================

Left out: classes of the page's own, includes, generators, references, regular expressions. A page that uses them is
answered with status 500, and the server's error log says which word it was.
"""

from aws14.emulator.machines.php.pages import Asked, answer

__all__ = ["Asked", "answer"]
