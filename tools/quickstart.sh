#!/bin/sh
# Installs what is missing, builds Tengen and runs it with the given arguments (none: gtp).
#   ./tools/quickstart.sh                      a GTP engine on standard input and output
#   ./tools/quickstart.sh match net random     any other command
set -e
# Relative paths among the arguments stay relative to where the user stands.
root=$(cd "$(dirname "$0")/.." && pwd)
(
  cd "$root"
  . tools/packages.sh
  # Nothing newer than the program: start at once.
  sources="CMakeLists.txt nn envs search agents selfplay tools"
  if [ -x build/tengen ] && [ -z "$(find $sources -newer build/tengen | head -n 1)" ]; then exit 0; fi
  install_packages $build_packages
  build_tengen tengen -DTENGEN_TESTS=OFF
) </dev/null
[ $# -eq 0 ] && set -- gtp
exec "$root/build/tengen" "$@"
