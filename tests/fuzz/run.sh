#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzzes the parsers and a whole machine: each fuzz-*.c with an equal share of $SECONDS, from the
# corpus here and what earlier runs have added to its copy in $BUILD/fuzz. Never as root. $CPPFLAGS,
# $LIBS: what the compiler and the linker are told. COVERAGE=1: without sanitizers, and prints how
# much of each folder of src/ was reached. The last line counts the targets.
set -euo pipefail
shopt -s inherit_errexit

# To bash SECONDS is its own clock.
seconds=$(printenv SECONDS) || seconds=60
cd "$(dirname "$0")/../.."
mkdir -p "${BUILD:-build}/fuzz"
fuzz=$(cd "${BUILD:-build}/fuzz" && pwd)
bin=$fuzz
instrument=("-fsanitize=address,undefined" -fno-sanitize-recover=all)
read -ra cppflags <<< "${CPPFLAGS:--D_GNU_SOURCE -Iinclude}"
read -ra libs <<< "${LIBS:-}"
compile=(clang -std=gnu11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -DVERSION='""' "${cppflags[@]}"
  -Itests/fuzz)
user=()
[[ $(id -u) -ne 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
# Where that user cannot go, somewhere else.
if [[ ${#user[@]} -gt 0 ]] && ! "${user[@]}" test -x "$fuzz"; then
  fuzz=$(mktemp -d)
  chmod 0755 "$fuzz"
  trap 'rm -rf "$fuzz"' EXIT
fi
if [[ -n ${COVERAGE:-} ]]; then
  bin=$fuzz/coverage
  instrument=(-fprofile-instr-generate -fcoverage-mapping)
fi
targets=(tests/fuzz/fuzz-*.c)
share=$((seconds / ${#targets[@]} > 0 ? seconds / ${#targets[@]} : 1))
passed=0 failed=0

# --- Building ---------------------------------------------------------------------------------------

build() {
  local sources=() objects=() shared source object target
  mkdir -p "$bin/objects"
  for source in src/*/*.c; do
    object=${source#src/}
    sources+=("$source") objects+=("$bin/objects/${object//\//-}.o")
  done
  if [[ ! -e $bin/built || -n $(find src include tests/{fuzz,property}/*.[ch] -newer "$bin/built") ]]; then
    : > "$bin/building"
    # shellcheck disable=SC2016 # the inner shell expands
    printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I {} sh -c '
      object=$1/$(echo "${2#src/}" | tr / -).o
      shift 2
      "$@" -o "$object"' sh "$bin/objects" {} "${compile[@]}" -fsanitize=fuzzer-no-link "${instrument[@]}" -c {}
    for target in "${targets[@]}"; do
      shared=()
      [[ $target != */fuzz-machine.c ]] || shared=(tests/property/{devices,draft,generate,snapshot,writable}.c)
      "${compile[@]}" -fsanitize=fuzzer "${instrument[@]}" -o "$bin/$(basename "$target" .c)" "$target" \
        "${shared[@]}" "${objects[@]}" "${libs[@]}"
    done
    mv "$bin/building" "$bin/built"
  fi
}

# --- Running ----------------------------------------------------------------------------------------

# As long as an input of that kind needs to be, so that the small ones are tried often.
max_length() {
  case $1 in
    cpuset) echo 256 ;;
    board | record) echo 1024 ;;
    machine) echo 24576 ;;
    *) echo 4096 ;;
  esac
}

# fail NAME: tells what was found, with the input.
fail() {
  local input
  failed=$((failed + 1))
  printf 'not ok - %s\n' "$1"
  { grep -E 'not true|ERROR|SUMMARY|runtime error|^ *#[0-9]+ .*(src|tests)/' "$work/log" || tail -n 20 "$work/log"; } |
    sed -n '1,30s/^/#   /p'
  for input in "$work/found/"*; do
    [[ -e $input ]] || continue
    mkdir -p "$fuzz/found"
    cp "$input" "$fuzz/found/$1-${input##*/}"
    printf '#   the input, kept as %s:\n' "$fuzz/found/$1-${input##*/}"
    od -A d -N 512 -t x1z "$input" | sed 's/^/#   /'
  done
}

# run NAME
run() {
  local status=0 corpus=$fuzz/corpus/$1 options=() executions coverage
  local -x ASAN_OPTIONS=${ASAN_OPTIONS:-}
  work=$fuzz/run/$1
  rm -rf "$work"
  mkdir -p "$work/tmp" "$work/found" "$corpus"
  case $1 in
    machine)
      cp -u tests/boards/*.board "$corpus"
      # The values of the boards, quoted as in a dictionary of libFuzzer.
      sed -nE 's/^[^#|]* = ([^"\\]{2,40})$/"\1"/p' tests/boards/*.board | sort -u > "$work/dictionary"
      options=(-dict="$work/dictionary")
      # To find libpci behind a leak. Its name is all that the suppression needs: each run closes what
      # libpci has left open, and with it the pipe to the symbolizer.
      ASAN_OPTIONS=fast_unwind_on_malloc=0
      ;;
    *) cp -u "tests/fuzz/corpus/$1/"* "$corpus" ;;
  esac
  [[ ${#user[@]} -eq 0 ]] || chown -R 65534:65534 "$work" "$corpus"
  (cd "$work" && HOME=$work TMPDIR=$work/tmp LLVM_PROFILE_FILE=$work/profile exec "${user[@]}" "$bin/fuzz-$1" \
    -max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -max_len="$(max_length "$1")" \
    -artifact_prefix="$work/found/" -print_final_stats=1 "${options[@]}" "$corpus") > "$work/log" 2>&1 || status=$?
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

# Regions of code, as llvm-cov counts them.
print_coverage() {
  llvm-profdata merge -o "$bin/profile" "$fuzz"/run/*/profile
  llvm-cov export -summary-only -instr-profile="$bin/profile" "$bin/fuzz-machine" src |
    jq -r '.data[0].files[] | "\(.filename) \(.summary.regions | "\(.covered) \(.count)")"' |
    awk -F '[/ ]' '
      function line(name) {
        return sprintf("%-17s %5d of %5d regions, %3d %%", name, reached[name], all[name], 100 * reached[name] / all[name])
      }
      function add(name) { reached[name] += $(NF - 1); all[name] += $NF }
      { add($(NF - 3)) }
      $(NF - 3) != "bench" { add("other than bench") }
      END { for (name in all) print line(name) | "sort" }'
}

build
for target in "${targets[@]}"; do
  name=$(basename "$target" .c)
  run "${name#fuzz-}"
done
[[ -z ${COVERAGE:-} ]] || print_coverage
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
