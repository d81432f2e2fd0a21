#!/usr/bin/env bats
# Promises about the source: which folder knows which, who owns what, and what does no input or output.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# A folder may include headers of its own and of those before it; apply and diagnose are side by side.
folders=(base root machine plan apply diagnose bench report cmd)

# includes TREE: a line "MODULE MODULE" for each include. A module is src/X/Y.c with include/X/Y.h.
includes() {
  (cd "$1" && grep -rE '^#include "[^"]*\.h"' src include) |
    sed -E 's,^(src|include)/(.*)\.[ch]:#include "(.*)\.h",\2 \3,' | awk '$1 != $2' | sort -u
}

# upward TREE: the includes that no folder may have.
upward() {
  includes "$1" | awk -v folders="${folders[*]}" '
    BEGIN { n = split(folders, name, " "); for (i = 1; i <= n; i++) floor[name[i]] = i }
    { split($1, from, "/"); split($2, to, "/") }
    from[1] in floor && (!(to[1] in floor) || floor[to[1]] > floor[from[1]] ||
                         (from[1] == "diagnose" && to[1] == "apply"))'
}

# circles TREE: the modules that include each other in a circle.
circles() {
  includes "$1" | tsort 2>&1 >/dev/null | sed -n 's/^tsort: \([a-z].*\/.*\)/\1/p'
}

# copy_source: a copy of the source, in which a test plants what it looks for.
copy_source() {
  copy=$(mktemp -d "$BATS_TEST_TMPDIR/source.XXXXXX")
  cp -r "$top/src" "$top/include" "$copy"
}

# plant FILE LINE: adds a line to a file of the copy.
plant() {
  printf '%s\n' "$2" >>"$copy/$1"
}

@test "a folder includes only what stands before it" {
  [ -z "$(upward "$top")" ] || fail "$(upward "$top")"
  copy_source
  plant src/machine/irq.c '#include "plan/op.h"'
  plant include/diagnose/diagnose.h '#include "apply/tuning.h"'
  plant src/base/util.c '#include "odd/name.h"'
  [ "$(upward "$copy" | tr '\n' ',')" = "base/util odd/name,diagnose/diagnose apply/tuning,machine/irq plan/op," ] ||
    fail "$(upward "$copy")"
}

@test "no modules include each other in a circle" {
  [ -z "$(circles "$top")" ] || fail "$(circles "$top")"
  copy_source
  plant include/base/log.h '#include "base/child.h"'
  plant include/base/child.h '#include "base/log.h"'
  [ "$(circles "$copy" | sort | tr '\n' ' ')" = "base/child base/log " ] || fail "$(circles "$copy")"
}

# owners TREE HEADER: the files that include it.
owners() {
  (cd "$1" && grep -rlF "#include <$2>" src include | sort | tr '\n' ' ')
}

@test "each library has one owner" {
  local library header file
  for library in pci/pci.h=machine/card ini.h=cmd/config-file libsmartcols.h=report/table json-c/json.h=base/json \
    systemd/sd-bus.h=machine/bus systemd/sd-daemon.h=base/log systemd/sd-journal.h=base/log; do
    header=${library%=*} file=src/${library#*=}.c
    [ "$(owners "$top" "$header")" = "$file " ] || fail "$header: $(owners "$top" "$header")"
  done
  copy_source
  plant src/cmd/cmd.c '#include <ini.h>'
  [ "$(owners "$copy" ini.h)" = "src/cmd/cmd.c src/cmd/config-file.c " ]
}

# repeated TREE: the includes that a file has twice.
repeated() {
  (cd "$1" && grep -rE '^#include' src include | sort | uniq -d)
}

@test "no file includes a header twice" {
  [ -z "$(repeated "$top")" ] || fail "$(repeated "$top")"
  copy_source
  plant src/plan/op.c '#include "plan/op.h"'
  [ "$(repeated "$copy")" = 'src/plan/op.c:#include "plan/op.h"' ] || fail "$(repeated "$copy")"
}

# What the pure modules may call: functions of theirs, and what only computes or allocates.
pure_modules=(base/cpuset machine/{card-state,link,path} plan/{choose-core,config,op,plan,revert,state}
  diagnose/{cards,clocks,diagnose,findings,irqs,rivals,settings,system} bench/{bench,metric,reference,stats,variant})
pure_helpers=(array_grow compare_int errno_from_name errno_name error_set parse_hex4 parse_long text_format text_has_word
  cpu_excluded cpu_speed_is_known cpus_are_alike cpus_are_equal
  cpus_core_name cpus_find cpus_find_policy cpus_policy irq_table_find irq_table_sum irqbalance_ban
  irqbalance_has_banned irqbalance_has_room irqbalance_is_told_of kind_label kind_path kinds text_make_printable
  machine_find_vector machine_is_ready smi_find vector_count vector_cpu)
pure_libc=(__ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __errno_location __isoc23_sscanf __isoc23_strtol
  __isoc23_strtoul __isoc99_sscanf __snprintf_chk __sprintf_chk __stack_chk_fail _GLOBAL_OFFSET_TABLE_ bcmp calloc ceil erfc expm1 exp fclose fmax
  fmin fprintf __fprintf_chk fputs free ftell log log1p log2 lround malloc memcmp memcpy __memcpy_chk memmem memmove memchr memset open_memstream pow qsort realloc
  reallocarray regcomp regerror regexec regfree snprintf sprintf sqrt strcasestr strchr strcmp strcpy strcspn strdup strerror strlen strncasecmp
  strncmp strndup strrchr strsep strspn strstr strtod strtok_r strtol strtoul toupper tolower sscanf)

# impure OBJECT...: the symbols that none of them defines and that are not on these lists.
impure() {
  comm -23 <(nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u) \
    <({ nm --defined-only "$@" | awk 'NF == 3 { print $3 }'; printf '%s\n' "${pure_helpers[@]}" "${pure_libc[@]}"; } | sort -u) |
    grep -vE '^__((asan|ubsan|sanitizer)_|u?(div|mod)di3$|stack_chk_fail_local$)' || true
}

@test "the pure modules use no input or output of the C library" {
  local objects=("${pure_modules[@]/#/$BUILD/src/}")
  objects=("${objects[@]/%/.o}")
  [ -z "$(impure "${objects[@]}")" ] || fail "$(impure "${objects[@]}")"
  # The list is exact: these have names that look alike.
  [ "$(impure "${objects[@]}" "$BUILD/src/apply/state-file.o" | grep -cx -e flock -e root_open_file)" = 2 ]
}

# users TREE FUNCTION: the files that call it.
users() {
  (cd "$1/src" && grep -rl "\<$2(" . | sed 's,^\./,,' | sort | tr '\n' ' ')
}

# In a tree, ban.c writes in the place of irqbalance, and thread.c in the place of the kernel.
@test "only apply changes settings" {
  [ "$(users "$top" root_write_value)" = "apply/apply.c apply/ban.c apply/thread.c root/write.c " ] || fail "$(users "$top" root_write_value)"
  [ "$(users "$top" irqbalance_set_ban)" = "apply/apply.c apply/ban.c " ] || fail "$(users "$top" irqbalance_set_ban)"
  copy_source
  plant src/report/run.c 'static void f(void) { root_write_value(0, 0, 0); }'
  [ "$(users "$copy" root_write_value)" = "apply/apply.c apply/ban.c apply/thread.c report/run.c root/write.c " ]
}

# shared_names TREE: the static functions whose name two files have.
shared_names() {
  (cd "$1" && grep -roE '^static [^=;({]*\<[a-z0-9_]+\(' --include='*.c' src) |
    sed -E 's/^([^:]*):.*\<([a-z0-9_]+)\($/\2 \1/' | sort -u | cut -d ' ' -f 1 | uniq -d
}

@test "no two files have a static function of the same name: a backtrace is readable" {
  [ -z "$(shared_names "$top")" ] || fail "$(shared_names "$top")"
  copy_source
  plant src/report/run.c 'static int read_cpus(void)'
  [ "$(shared_names "$copy")" = read_cpus ] || fail "$(shared_names "$copy")"
}

# The programs that diagnose knows, and those that the unit waits for, by the names of their units.
known_units() {
  grep -oE '"[a-z-]+\.service"' "$1/src/machine/services.c" | tr -d '"' | sort
}

awaited_units() {
  sed -n 's/^After=//p' "$1/systemd/ax650n-tune.service.in" | tr ' ' '\n' | grep -vx systemd-modules-load.service | sort
}

@test "the unit starts after each program that diagnose knows to write settings, and no other" {
  [ "$(known_units "$top" | wc -l)" -gt 10 ]
  diff <(known_units "$top") <(awaited_units "$top") >&2
  copy_source
  plant src/machine/services.c '"other.service"'
  [ "$(comm -23 <(known_units "$copy") <(awaited_units "$top"))" = other.service ]
}

@test "an interrupt with a number is called IRQ in all messages" {
  run grep -rniE 'interrupt (%d|@)' "$top/src" "$top/systemd"
  [ "$status" -eq 1 ] || fail "another name"
}
