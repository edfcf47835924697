#!/bin/sh
# Installs what is missing, builds Tengen with its tests and runs them all.
# Arguments go to ctest: ./tools/test.sh -R search
set -e
cd "$(dirname "$0")/.."
. tools/packages.sh
install_packages $build_packages $test_packages
# build/ may come from quickstart.sh, which leaves the tests out.
[ -f build/build.ninja ] && cmake -S . -B build -DTENGEN_TESTS=ON >/dev/null
build_tengen all -DTENGEN_TESTS=ON
exec ctest --test-dir build --output-on-failure -j "$(nproc)" "$@"
