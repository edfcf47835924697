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
# The runtime that checks exported networks; without it those tests skip.
if command -v npm >/dev/null && [ ! -d build/onnxruntime/node_modules/onnxruntime-web ]; then
  timeout 300 npm install --prefix build/onnxruntime --no-audit --no-fund --ignore-scripts \
    --loglevel error onnxruntime-web@1.20.1 >&2 || echo "No onnxruntime-web; its tests skip" >&2
fi
exec ctest --test-dir build --output-on-failure -j "$(nproc)" "$@"
