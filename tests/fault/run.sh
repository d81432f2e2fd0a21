#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Faults, kills and races: whatever happens to apply or revert, the exit status is one that is
# documented, a failure is told, and revert afterwards puts every original back. fault.c makes the
# faults. The last line counts the cases.
set -euo pipefail
shopt -s inherit_errexit

cd "$(dirname "$0")/../.."
BUILD=$(cd "${BUILD:-build}" && pwd)
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
passed=0 failed=0

# EIO, EPERM, EINVAL, EOVERFLOW, ENOSPC, EROFS, ENOENT, EACCES, ENOMEM, EINTR: those that a kernel or a
# full disk answers; 0: one byte at a time.
errors=(5 1 22 75 28 30 2 13 12 4)

cat > "$work/config" <<END
IdleLatency=20
MemoryGovernor=performance
END

new_tree() {
  rm -rf "$tree"
  mkdir "$tree"
  "$BUILD/board-expand" tests/boards/cm3588.board "$tree"
  mapfile -t settings < <(find "$tree/proc/irq" "$tree/sys" -name smp_affinity -o -name scaling_governor \
    -o -name pm_qos_resume_latency_us -o -path '*/devfreq/*/governor' | sort)
  original=$(values)
}

values() { cat "${settings[@]}"; }

# run VARIABLE=VALUE... COMMAND OPTION...: into $status and $work/err.
run() {
  local environment=()
  while [[ $1 == *=* ]]; do environment+=("$1") && shift; done
  status=0
  env "${environment[@]}" LD_PRELOAD="$BUILD/fault.so" "$BUILD/ax650n-tune" --sysroot "$tree" \
    --config "$work/config" "$@" > "$work/out" 2> "$work/err" || status=$?
}

plain() {
  status=0
  "$BUILD/ax650n-tune" --sysroot "$tree" --config "$work/config" "$@" > "$work/out" 2> "$work/err" ||
    status=$?
}

pass() { passed=$((passed + 1)); }

# fail CASE WHY
fail() {
  failed=$((failed + 1))
  printf 'not ok - %s: %s\n' "$1" "$2"
  sed 's/^/#   /' "$work/err"
  new_tree
}

# Whatever happened: revert finds every original, and leaves nothing to revert.
restores() {
  plain revert
  if [[ $status -ne 0 ]]; then
    fail "$1" "revert then exits $status"
  elif [[ $(values) != "$original" ]]; then
    fail "$1" "revert then leaves $(diff <(echo "$original") <(values) | tr '\n' ' ')"
  elif [[ -e $tree/run/ax650n-tune/state.json ]]; then
    fail "$1" 'revert then leaves originals behind'
  else
    pass
  fi
}

is_documented() { [[ $status =~ ^[01245]$ && ($status -eq 0 || $(< "$work/err") == *ax650n-tune:*) ]]; }

# --- Faults -----------------------------------------------------------------------------------------

# calls COMMAND...: each call of the command, with its path.
calls() {
  : > "$work/log"
  run FAULT_LOG="$work/log" "$@"
  grep -v '^change ' "$work/log" | grep -E '^[a-z]+ .' | grep -vE ' /?(dev|etc/ld|usr)|libc|locale|gconv' | sort -u
}

# one_fault CASE COMMAND CALL PATH ERRNO
one_fault() {
  local name="$2: $3 of $4 fails with $5"
  run FAULT="$3 $4 $5" "${@:2:1}"
  if ! is_documented; then
    fail "$name" "exit $status, told: $(wc -l < "$work/err") lines"
  elif [[ $5 -eq 4 && $status -ne 0 ]]; then
    fail "$name" "a call that was interrupted is no failure, exit $status"
  elif [[ $2 == apply && $4 =~ state.json.new|/lock && $status -ne 0 && $(values) != "$original" ]]; then
    fail "$name" 'something was written without its original'
  else
    restores "$name"
  fi
}

faults() {
  local command=$1 call path error list
  list=$(calls "$command")
  plain revert
  while read -r call path; do
    for error in "${errors[@]}"; do
      # Only these can be interrupted, and opening not in /run; a setting that is gone cannot be put back.
      [[ $error -ne 4 || $call =~ ^(read|write|lock|fsync)$ || "$call $path" == "open /"* ]] || continue
      [[ $command != revert || $error -ne 2 || $path != ?(/)@(proc|sys)/* ]] || continue
      [[ $command != revert ]] || plain apply
      one_fault - "$command" "$call" "$path" "$error"
    done
    # The kernel takes a setting whole.
    [[ $call == read || "$call $path" == 'write state.json.new' ]] || continue
    [[ $command != revert ]] || plain apply
    one_fault - "$command" "$call" "$path" 0
  done <<< "$list"
}

# --- What is gone between reading and writing -------------------------------------------------------

# Without its file a setting cannot be put back: the others are looked at.
vanishing() {
  local victim
  for victim in "${settings[@]}"; do
    new_tree
    # The last file that is read before the first is written.
    run FAULT_REMOVE="dmc/available_governors $victim" apply
    is_documented || fail "$victim vanishes" "exit $status"
    [[ ! -e $victim ]] || fail "$victim vanishes" 'it is still there'
    mapfile -t settings < <(printf '%s\n' "${settings[@]}" | grep -vFx "$victim")
    plain revert
    if [[ $status -ne 0 ]]; then
      fail "$victim vanishes" "revert then exits $status"
    elif [[ $(values) =~ performance|^40$ ]]; then
      fail "$victim vanishes" 'revert then leaves a setting'
    else
      pass
    fi
  done
  new_tree
}

# --- Kills ------------------------------------------------------------------------------------------

# kills BEFORE COMMAND: SIGKILL before each call that changes something, until there is none left.
kills() {
  local n
  for ((n = 1; ; n++)); do
    plain "$1"
    run FAULT_KILL=$n "$2" 2> /dev/null
    [[ $status -eq 137 ]] || break
    restores "$2 killed before change $n"
    killed=$((killed + 1))
  done
  plain revert
}

# --- Races ------------------------------------------------------------------------------------------

races() {
  local round i
  for ((round = 0; round < 10; round++)); do
    for ((i = 0; i < 10; i++)); do plain apply & done
    wait
    restores 'ten applies at once'
    for ((i = 0; i < 5; i++)); do
      plain apply &
      plain revert &
    done
    wait
    restores 'applies against reverts'
  done
}

new_tree
faults apply
faults revert
echo "$((passed + failed)) faults"
count=$((passed + failed))
vanishing
echo "$((passed + failed - count)) files that vanish"
killed=0
kills revert apply
kills apply revert
echo "$killed kills"
count=$((passed + failed))
races
echo "$((passed + failed - count)) races"
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
