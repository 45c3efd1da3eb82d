#!/bin/sh
# Install sweep from this folder into a virtual environment, without a network: ./install.sh [FOLDER]
set -eu
cd "$(dirname "$0")"
target=${1:-/opt/sweep}
sha256sum --quiet --strict --check SHA256SUMS
wanted=$(cat PYTHON)
python=$(command -v "python$wanted" || command -v python3) || { echo "Install Python $wanted first." >&2; exit 1; }
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$found" = "$wanted" ] || { echo "$python is Python $found; this bundle is for Python $wanted." >&2; exit 1; }
[ ! -e "$target" ] || { echo "$target exists. Move it away, or name another folder." >&2; exit 1; }
trap 'rm -rf "$target"' EXIT
"$python" -m venv --without-pip "$target"
set -- wheels/pip-*.whl
"$target/bin/python" "$1/pip" --isolated install --quiet --no-cache-dir --disable-pip-version-check \
    --no-index --find-links wheels --require-hashes --requirement requirements.txt
"$target/bin/sweep" --version
trap - EXIT
