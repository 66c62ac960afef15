"""A documented subset of bash, interpreted: what user data, Run Command and SSH sessions are written in.

What is understood: comments, quoting, variables and their usual expansions, ``$(...)``, backticks, ``$((...))``, braces
and globs; ``&&``, ``||``, ``;``, ``&``, pipes, redirections, here-documents and here-strings, ``>(...)`` as a target;
``if``, ``for``, ``while``, ``until``, ``case``, ``[ ]``, ``[[ ]]``, ``(( ))``, groups, subshells, functions; ``set``
with ``-e``, ``-u``, ``-x`` and ``-o pipefail``.

What is not: arrays, ``select``, ``trap``, job control, ``<(...)``, ``${!name}``, programs beyond
`aws14.emulator.machines.commands`. Any of these ends the script with `UnsupportedError`, which names line and text.

======================  ==============================================================
``syntax``              the parts of a script, as a tree
``cursor``              a position in a script's text
``words``               words: quotes, expansions, here-documents
``reading``             commands: from the text to the tree; ``simple_reading``: those without a body
``patterns``            braces, globs, ``${name%pattern}``
``arithmetic``          ``$((...))``
``expansion``           from words to arguments
``conditions``          ``[ ]`` and ``[[ ]]``
``streams``             where text comes from and goes
``state``               a running shell
``redirecting``         ``>`` and its kin
``running``             from the tree to effects; ``compound``: loops and branches; ``invoking``: what names mean
``lookup``              functions, built-in commands, programs
======================  ==============================================================
"""
