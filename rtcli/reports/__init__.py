"""Findings and sessions for programs: one module a format."""
