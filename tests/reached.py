"""What the tests reach, of the data that ``coverage`` has kept: by package, and what they miss where nothing may be.

Run by ``make coverage``. Ends with exit code 1 where one of ``WHOLE`` is not reached in every line and branch.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import coverage

WHOLE = ("events", "formats", "recording", "rules", "session")
_COUNTS = ("num_statements", "missing_lines", "num_branches", "missing_branches")


def measured():
    """What coverage tells of each file, by its path."""
    kept = coverage.Coverage()
    kept.load()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "told.json")
        kept.json_report(outfile=str(told))
        return json.loads(told.read_text())["files"]


def package_of(path):
    """The package of rtcli that a file is in; rtcli itself for those beside the packages."""
    inside = Path(path).parts[Path(path).parts.index("rtcli") :]
    return inside[1] if len(inside) > 2 else "rtcli"


def by_package(files):
    """The counts of all files of each package."""
    packages = {}
    for path, told in files.items():
        counts = packages.setdefault(package_of(path), Counter())
        counts.update({name: told["summary"][name] for name in _COUNTS})
    return packages


def share(counts):
    """How much of the lines and branches was reached, in percent."""
    there = counts["num_statements"] + counts["num_branches"]
    return 100 * (1 - (counts["missing_lines"] + counts["missing_branches"]) / there) if there else 100.0


def gaps(told):
    """The lines and branches of a file that no test reaches, in words."""
    lines = set(told["missing_lines"])
    found = [str(line) for line in sorted(lines)]
    for start, end in told["missing_branches"]:
        if start not in lines and end not in lines:
            found.append(f"{start} to {end if end > 0 else 'the end'}")
    return ", ".join(found)


def table(packages):
    """Lines of a table with a row for each package, those first of which nothing may be missing."""
    yield f"{'package':10} {'lines':>7} {'missed':>7} {'branches':>9} {'missed':>7} {'reached':>8}"
    for name, counts in sorted(packages.items(), key=lambda item: (item[0] not in WHOLE, item[0])):
        lines, missed, branches, unmet = (counts[one] for one in _COUNTS)
        yield f"{name:10} {lines:7,} {missed:7,} {branches:9,} {unmet:7,} {share(counts):6.1f} %"


def main():
    """Write the table, then what is missing."""
    files = measured()
    missing = {path: gaps(told) for path, told in sorted(files.items()) if package_of(path) in WHOLE}
    told = [f"{path}: {found}" for path, found in missing.items() if found]
    sys.stdout.write("\n".join([*table(by_package(files)), *told, ""]))
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
