"""A recording as a script: what was said upon what, what stands for what, and how it is said again.

Client events and a clock in, server events out (`Performance`), or the other way round; no sockets.
"""
