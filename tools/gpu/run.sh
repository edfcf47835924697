#!/bin/bash
# Builds, tests and measures Tengen on a machine with a GPU: CUDA toolkit, cuDNN, CMake, make, g++
# and Python are there, everything else came with pack.sh's archive. PyTorch, if there, is
# measured beside it.
#
#   tools/gpu/run.sh RESULTS [STEP...]
#
# Steps: machine build tests kernels eval train learn sanitizer; all by default. Each leaves its log
# in the folder RESULTS and a line in RESULTS/summary.txt; one that fails does not keep the others
# from running. A step whose log ends with "done" is not run again: the script may be stopped.
set -uo pipefail
results=$(realpath -m "${1:?usage: tools/gpu/run.sh RESULTS [STEP...]}"); shift
cd "$(dirname "$0")/../.."
mkdir -p "$results"
steps=${*:-machine build tests kernels eval train learn sanitizer}
prefix="$PWD/prefix/usr"
libraries="$prefix/lib/x86_64-linux-gnu"

# The folders of a library or header that pip or the toolkit may have put anywhere.
folder_of() {
  find /usr/local/cuda*/ /usr/lib /usr/include /opt /usr/local/lib "$HOME" -name "$1" \
    -not -path '*/stubs/*' 2>/dev/null | head -n 1 | xargs -r dirname
}
cudnn_headers=$(folder_of cudnn.h)
for library in 'libcudnn.so.9' 'libcublasLt.so.1[23]'; do
  found=$(folder_of "$library"); [ -n "$found" ] && libraries="$libraries:$found"
done
with_libraries() { LD_LIBRARY_PATH="$libraries" "$@"; }
architecture() {
  nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d . |
    grep -E '^[0-9]+$' || echo 90
}
network() { find data -name '*.bin.gz' | head -n 1; }

step_machine() {
  nvidia-smi
  nvcc --version || /usr/local/cuda/bin/nvcc --version
  lscpu | grep -E 'Model name|^CPU\(s\)'
  python3 -c 'import torch; print("PyTorch", torch.__version__, torch.cuda.is_available())'
  true
}

step_build() {
  export PATH="$PATH:/usr/local/cuda/bin" PKG_CONFIG_SYSROOT_DIR="$PWD/prefix"
  export PKG_CONFIG_LIBDIR="$libraries/pkgconfig:$prefix/lib/x86_64-linux-gnu/pkgconfig:$prefix/share/pkgconfig"
  local own_tools=()
  [ -x "$prefix/bin/pkgconf" ] && own_tools=(-DPKG_CONFIG_EXECUTABLE="$PWD/tools/gpu/pkgconf.sh")
  cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DTENGEN_TESTS=ON \
    -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_LIBRARY_ARCHITECTURE=x86_64-linux-gnu \
    -DCMAKE_CUDA_ARCHITECTURES="$(architecture)" -DTENGEN_CUDNN="$cudnn_headers" \
    -DCMAKE_BUILD_RPATH="${libraries//:/;}" -DCMAKE_CXX_FLAGS="-isystem $prefix/include -isystem $prefix/include/x86_64-linux-gnu" \
    -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath-link,$prefix/lib/x86_64-linux-gnu" "${own_tools[@]}" &&
    with_libraries make -C build -j "$(nproc)" 2>&1 | grep -E 'error|warning|\*\*\*|Built target' &&
    with_libraries build/tengen --version
}

step_tests() {
  with_libraries ctest --test-dir build -j "$(nproc)" --timeout 300 --output-on-failure
}

# Tengen's own convolutions and trunks beside cuDNN's.
step_kernels() {
  with_libraries make -C build trunk_speed && with_libraries build/trunk_speed
}

# Bad accesses and races of the kernels, by NVIDIA's own tool.
step_sanitizer() {
  local tool failed=0
  for tool in memcheck racecheck synccheck initcheck; do
    echo "== $tool"
    with_libraries timeout 200 compute-sanitizer --tool "$tool" --error-exitcode 9 \
      build/cuda_tests --gtest_brief=1 --gtest_filter="${SANITIZED:-*Trunk*:*TensorCore*:*Convolution*:*Kernels*:*Plan*:*Runner*:*Operation*}" ||
      failed=1
  done
  return $failed
}

step_eval() {
  with_libraries build/tengen bench eval --device cuda:0 ${NETWORK:---net "$(network)"} \
    --json "$results/eval.json"
}

step_train() {
  local peer=()
  python3 -c 'import torch' 2>/dev/null && peer=(--peer tools/gpu/torch_peer.py)
  with_libraries build/tengen bench train --device cuda:0 --rounds 3 "${peer[@]}" \
    --json "$results/train.json"
}

# Self-play and training on the GPU, from nothing.
step_learn() {
  with_libraries build/tengen train go7 --run "$results/go7" --minutes "${MINUTES:-3}" \
    --device cuda:0
}

for step in $steps; do
  log="$results/$step.log"
  if [ -f "$log" ] && [ "$(tail -n 1 "$log")" = "done" ]; then continue; fi
  begin=$(date +%s)
  if "step_$step" >"$log" 2>&1; then verdict=ok; else verdict="FAILED ($?)"; fi
  echo "$step: $verdict, $(($(date +%s) - begin)) s" | tee -a "$results/summary.txt"
  if [ "$verdict" = ok ]; then echo "done" >>"$log"; else tail -n 15 "$log"; fi
done
