"""State machines that run: moto's interpreter of the States Language on the clock of the embedded AWS.

The interpreter uses threads. Each run is counted: how many of its threads work, and which of them wait for AWS time
or for each other. When none works, the run is at rest, and AWS time may pass.
"""
