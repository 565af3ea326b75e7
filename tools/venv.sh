#!/usr/bin/env bash
# Makes the virtual environment named by the first word, with Python 3.11 or newer.
set -euo pipefail
folder=$1

for python in python3 python3.13 python3.12 python3.11; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    break
  fi
  python=
done
if [ -z "$python" ]; then
  echo "Regard needs Python 3.11 or newer, and there is none here." >&2
  echo "On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "$python cannot make virtual environments: its module ensurepip is missing." >&2
  echo "On Debian or Ubuntu: apt-get install python$version-venv" >&2
  exit 1
fi
# A half-made environment of an earlier try is made anew.
"$python" -m venv --clear "$folder"
