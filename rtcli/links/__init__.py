"""Sockets and clocks: the only place where time passes."""
