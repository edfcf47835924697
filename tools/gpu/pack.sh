#!/bin/bash
# Packs what a machine with a GPU needs to build, test and measure Tengen: the sources, and the
# libraries of Debian that such a machine seldom has. There:
#   tar xf tengen-gpu.tar.xz && tengen-gpu/tools/gpu/run.sh RESULTS
# Arguments: the archive to write (build/tengen-gpu.tar.xz), then files that are to travel in its
# folder data/ (networks, data sets).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tools/packages.sh
archive=$(realpath -m "${1:-build/tengen-gpu.tar.xz}"); shift || true
install_packages $build_packages $test_packages xz-utils
[ -f build/build.ninja ] || build_tengen help
ninja -C build tengen >/dev/null

stage=$(mktemp -d); trap 'rm -rf "$stage"' EXIT
tree="$stage/tengen-gpu"; prefix="$tree/prefix"
mkdir -p "$prefix/usr/include" "$tree/data"
git archive HEAD | tar -x -C "$tree"

# Headers, links of libraries, and what CMake and pkg-config ask for.
packages=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'libboost*-dev' libtbb-dev \
  libeigen3-dev libcli11-dev nlohmann-json3-dev libfmt-dev zlib1g-dev libpng-dev 'libjpeg*-dev' \
  libzip-dev libcairo2-dev libgif-dev libgtest-dev libgmock-dev | sed -n 's/^ii *//p')
for package in $packages; do
  dpkg-query -L "$package" | grep -E '/cmake/|\.(so|a)$|^/usr/include/' || true
done >"$stage/files"
# Shared libraries that the programs load, but for those of the C library and the compiler.
ldd build/tengen | awk '$3 ~ /^\// {print $3}' | sort -u |
  grep -v -E '/lib(c|m|dl|rt|pthread|resolv|stdc\+\+|gcc_s|SDL2-2.0|pulse.*|asound|wayland.*|decor-0)\.so' |
  while read -r library; do
    echo "/usr${library#/usr}"
    echo "/usr$(realpath "$library" | sed 's,^/usr,,')"
  done >>"$stage/files"
# What answers CMake's questions about cairo.
install_packages pkgconf-bin
find /usr/lib/x86_64-linux-gnu/pkgconfig /usr/share/pkgconfig -name '*.pc' ! -name 'sdl*' >>"$stage/files"
pkg-config --cflags-only-I cairo | sed 's/-I//g' | (cd "$prefix" && xargs -n 1 sh -c 'mkdir -p .$0')
printf '%s\n' /usr/bin/pkgconf /usr/lib/x86_64-linux-gnu/libpkgconf.so.3* >>"$stage/files"
# The versions that a library's link stands for.
grep '\.so$' "$stage/files" | sed 's/$/*/' | while read -r pattern; do
  compgen -G "$pattern" || true
done >"$stage/versions"
sort -u "$stage/files" "$stage/versions" | while read -r file; do
  [ -e "$file" ] && [ ! -d "$file" ] && echo "$file"
done | tar -cP --transform 's,^/,,' --files-from=- | tar -x -C "$prefix"
for file in "$@"; do cp -r "$file" "$tree/data/"; done
tar -c -C "$stage" tengen-gpu | xz -T0 -3 >"$archive"
ls -lh "$archive" | awk '{print $9 ": " $5}'
