# Sourced by the other scripts: installs the Debian or Ubuntu packages that are missing.
# All output goes to standard error, for standard output may belong to a protocol.

build_packages="g++ cmake ninja-build libtbb-dev libeigen3-dev libboost-dev libboost-iostreams-dev
  libboost-filesystem-dev libcli11-dev nlohmann-json3-dev libfmt-dev
  zlib1g-dev libpng-dev libjpeg-dev libzip-dev pkg-config libcairo2-dev libgif-dev libsdl2-dev"
test_packages="libgtest-dev libboost-context-dev gnugo protobuf-compiler xvfb xauth xz-utils"

# install_packages NAME...
install_packages() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" ||
      missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  echo "Installing packages:$missing" >&2
  if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo"; fi
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "These packages are missing and cannot be installed here (apt-get as root or with sudo):" >&2
    echo " $missing" >&2
    return 1
  fi
  $as_root apt-get update -qq >&2 &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      $missing >&2
}

# build_tengen TARGET CMAKE_OPTION...: configures build/ when needed and builds what changed.
build_tengen() {
  target="$1"; shift
  if [ ! -f build/build.ninja ]; then
    echo "Configuring build/" >&2
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release "$@" >&2 || return 1
  fi
  echo "Building (some minutes the first time)" >&2
  ninja -C build "$target" >&2
}
