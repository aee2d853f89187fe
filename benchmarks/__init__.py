"""The benchmarks: every goal of speed and memory, as a ratio that is measured in one run on the same files."""
