#!/bin/sh
# The pkgconf that travels with pack.sh's archive.
prefix="$(dirname "$0")/../../prefix/usr"
LD_LIBRARY_PATH="$prefix/lib/x86_64-linux-gnu" exec "$prefix/bin/pkgconf" "$@"
