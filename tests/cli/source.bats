#!/usr/bin/env bats
# Promises about the source: who includes what, and that the planner does no input or output.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# owner HEADER FILE...: only these files include it.
owner() {
  local header=$1
  shift
  [ "$(cd "$top" && grep -rlF "#include <$header>" src include | xargs -n1 basename | sort | tr '\n' ' ')" = "$* " ]
}

@test "each library has its owner" {
  owner pci/pci.h card.c
  owner ini.h config.c
  owner libsmartcols.h table.c
  owner systemd/sd-bus.h bus.c
  owner systemd/sd-daemon.h log.c
  owner systemd/sd-journal.h log.c
  owner json-c/json.h json.c state-file.c
}

@test "the pure modules use no input or output of the C library" {
  local object symbol
  for object in plan/{plan,revert,choose-core,op,state} report/report machine/link \
    bench/{variant,stats,metric,reference,bench} diagnose/{diagnose,cards,clocks,irqs,rivals,settings}; do
    [ -e "$BUILD/src/$object.o" ] || fail "no $object.o"
    for symbol in $(nm -u "$BUILD/src/$object.o" | awk '{print $2}'); do
      case $symbol in
        # The program's own, and what only computes or allocates.
        plan_* | op_* | kind_* | findings_* | cores_* | cpus_* | cpu_* | cpuset_* | card_* | cards_* | machine_is_ready) ;;
        diagnos* | link_* | stats_* | irqbalance_ban | irqbalance_has_banned | saved_* | state_* | vector_cpu | vector_count | config_* | error_set | errno_* | reference* | metric_* | variant* | text_* | array_grow | parse_long) ;;
        mem* | str* | __str* | __mem* | *alloc* | free | snprintf | __snprintf_chk | qsort | log | expm1 | fmin | fmax | reg* | toupper | tolower | __ctype_*) ;;
        __stack_chk_fail | __asan_* | __ubsan_* | _GLOBAL_OFFSET_TABLE_ | __errno_location) ;;
        *) fail "$object.o uses $symbol" ;;
      esac
    done
  done
}

# users FUNCTION: the files that call it.
users() {
  (cd "$top/src" && grep -l "\<$1(" ./*/*.c | sed 's,^\./,,' | tr '\n' ' ')
}

# irqbalance.c writes in the place of the irqbalance of a tree, which does not run.
@test "only apply.c changes settings" {
  [ "$(users root_write_value)" = "apply/apply.c machine/irqbalance.c root/write.c " ] || fail "$(users root_write_value)"
  [ "$(users irqbalance_set_ban)" = "apply/apply.c machine/irqbalance.c " ] || fail "$(users irqbalance_set_ban)"
}
