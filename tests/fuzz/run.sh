#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the parsers: each fuzz-*.c with an equal share of $SECONDS, from the corpus here and what
# earlier runs have added to its copy in $BUILD/fuzz. Never as root. $CPPFLAGS, $LIBS: what the
# compiler and the linker are told. The last line counts the targets.
set -euo pipefail
shopt -s inherit_errexit

# To bash SECONDS is its own clock.
seconds=$(printenv SECONDS) || seconds=60
cd "$(dirname "$0")/../.."
mkdir -p "${BUILD:-build}/fuzz"
fuzz=$(cd "${BUILD:-build}/fuzz" && pwd)
sanitizers=address,undefined
read -ra cppflags <<< "${CPPFLAGS:--D_GNU_SOURCE -Iinclude}"
read -ra libs <<< "${LIBS:-}"
compile=(clang -std=gnu11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -DVERSION='""' "${cppflags[@]}"
  -Itests/fuzz -fno-sanitize-recover=all)
user=()
[[ $(id -u) -ne 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
# Where that user cannot go, somewhere else.
if [[ ${#user[@]} -gt 0 ]] && ! "${user[@]}" test -x "$fuzz"; then
  fuzz=$(mktemp -d)
  chmod 0755 "$fuzz"
  trap 'rm -rf "$fuzz"' EXIT
fi
targets=(tests/fuzz/fuzz-*.c)
share=$((seconds / ${#targets[@]} > 0 ? seconds / ${#targets[@]} : 1))
passed=0 failed=0

# --- Building ---------------------------------------------------------------------------------------

build() {
  local sources=() objects=() source object target
  mkdir -p "$fuzz/objects"
  for source in src/*/*.c; do
    object=${source#src/}
    sources+=("$source") objects+=("$fuzz/objects/${object//\//-}.o")
  done
  if [[ ! -e $fuzz/built || -n $(find src include tests/fuzz/*.[ch] -newer "$fuzz/built") ]]; then
    : > "$fuzz/building"
    # shellcheck disable=SC2016 # the inner shell expands
    printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I {} sh -c '
      object=$1/$(echo "${2#src/}" | tr / -).o
      shift 2
      "$@" -o "$object"' sh "$fuzz/objects" {} "${compile[@]}" -fsanitize="fuzzer-no-link,$sanitizers" -c {}
    for target in "${targets[@]}"; do
      "${compile[@]}" -fsanitize="fuzzer,$sanitizers" -o "$fuzz/$(basename "$target" .c)" "$target" \
        "${objects[@]}" "${libs[@]}"
    done
    mv "$fuzz/building" "$fuzz/built"
  fi
}

# --- Running ----------------------------------------------------------------------------------------

# As long as an input of that kind needs to be, so that the small ones are tried often.
max_length() {
  case $1 in
    cpuset) echo 256 ;;
    board | record) echo 1024 ;;
    machine) echo 20000 ;;
    *) echo 4096 ;;
  esac
}

# fail NAME: tells what was found, with the input.
fail() {
  local input
  failed=$((failed + 1))
  printf 'not ok - %s\n' "$1"
  { grep -E 'not true|ERROR|SUMMARY|runtime error|^ *#[0-9]+ .*(src|tests)/' "$work/log" || tail -n 20 "$work/log"; } |
    head -n 30 | sed 's/^/#   /'
  for input in "$work/found/"*; do
    [[ -e $input ]] || continue
    mkdir -p "$fuzz/found"
    cp "$input" "$fuzz/found/$1-${input##*/}"
    printf '#   the input, kept as %s:\n' "$fuzz/found/$1-${input##*/}"
    od -A d -t x1z "$input" | head -n 32 | sed 's/^/#   /'
  done
}

# run NAME
run() {
  local status=0 corpus=$fuzz/corpus/$1 executions coverage
  work=$fuzz/run/$1
  rm -rf "$work"
  mkdir -p "$work/tmp" "$work/found" "$corpus"
  case $1 in
    machine) cp -u tests/boards/*.board "$corpus" ;;
    *) cp -u "tests/fuzz/corpus/$1/"* "$corpus" ;;
  esac
  [[ ${#user[@]} -eq 0 ]] || chown -R 65534:65534 "$work" "$corpus"
  (cd "$work" && HOME=$work TMPDIR=$work/tmp exec "${user[@]}" "$fuzz/fuzz-$1" -max_total_time="$share" -timeout=10 \
    -rss_limit_mb=2048 -max_len="$(max_length "$1")" -artifact_prefix="$work/found/" -print_final_stats=1 \
    "$corpus") > "$work/log" 2>&1 || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/log" | tail -n 1)
  printf '%-12s %9s executions, %5s edges\n' "$1" "${executions:-?}" "${coverage:-?}"
  if [[ $status -eq 0 ]]; then
    passed=$((passed + 1))
  else
    fail "$1"
  fi
  rm -rf "$work/tmp"
}

build
for target in "${targets[@]}"; do
  name=$(basename "$target" .c)
  run "${name#fuzz-}"
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
