"""The command line of the course: one module per verb, reached through ``course.py`` or ``aws14``."""
