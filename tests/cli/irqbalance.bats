#!/usr/bin/env bats
# irqbalance beside the program: who is told what, and what the result says of it. On a tree its
# answer is a file; tests/vm/scenario/9-irqbalance.sh has the real one.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

bans() { json '.operations | map(select(.kind == "irqbalance-ban") | [.path, .before, .after, .result, .error])' "$1"; }

# banned FILE IRQ...: those that the irqbalance of the tree leaves alone.
banned() {
  local file=$tree/run/irqbalance/$1
  shift
  [ "$(grep -o 'IRQ [0-9]*' "$file" | cut -c5- | tr '\n' ' ')" = "$*${1:+ }" ] || fail "$(cat "$file")"
}

@test "the interrupt is banned beside the administrator's, before it is moved, and let loose by revert" {
  use_board cm3588-first-cluster
  run_tune 1 --json status
  json '.drift[0] | [.kind, .path, .want, .have]' '["irqbalance-ban","/run/irqbalance","banned","balanced"]'
  run_tune 0 --json apply --dry-run
  json '.operations | map(.kind)' '["irqbalance-ban","irq-affinity","governor","governor"]'
  bans '[["/run/irqbalance","balanced","banned","would-change",null]]'
  banned irqbalance655.sock 82

  run_tune 0 --json apply
  bans '[["/run/irqbalance","balanced","banned","changed",null]]'
  banned irqbalance655.sock 82 119
  run_tune 0 --json apply
  json .result unchanged
  bans '[["/run/irqbalance","banned","banned","unchanged",null]]'

  run_tune 0 --json revert
  bans '[["/run/irqbalance","banned","balanced","changed",null]]'
  banned irqbalance655.sock 82
}

@test "a ban of the administrator's own is not lifted" {
  use_board cm3588-isolated
  run_tune 0 apply
  banned irqbalance611.sock 82 131
  run_tune 0 revert
  banned irqbalance611.sock 82 131
}

@test "a ban that was lifted by hand is drift, and nothing is left to revert" {
  use_board cm3588-first-cluster
  run_tune 0 apply
  echo "SLEEP 10 BANNED 00000000" >"$tree/run/irqbalance/irqbalance655.sock"
  run_tune 1 status
  contains "$output" "irqbalance"
  run_tune 0 --json revert
  bans '[["/run/irqbalance","balanced","balanced","unchanged",null]]'
  banned irqbalance655.sock
}

@test "an irqbalance that does not answer: a warning, and the rest is in force" {
  use_board cm3588-axcl2
  run_tune 0 --json apply
  json .result tuned
  bans '[["/run/irqbalance",null,null,"skipped","EBADMSG"]]'
  contains "$stderr" "warning: could not set the irqbalance ban on IRQ 141"
  value /proc/irq/141/smp_affinity 40
  run_tune 0 --json status
  json .tuned true
  run_tune 0 --json apply
  json .result unchanged
}

@test "an irqbalance that has no room for the ban: apply, status and diagnose say so alike" {
  local file bans command
  use_board cm3588-first-cluster
  file=$tree/run/irqbalance/irqbalance655.sock
  bans=$(printf ' IRQ %d LOAD 0' {300..430})
  echo "SLEEP 10$bans BANNED 00000000" >"$file"
  cp "$file" "$BATS_TEST_TMPDIR/answer"
  for command in apply apply status; do
    run_tune 1 --json "$command"
    contains "$stderr" "could not set the irqbalance ban on IRQ 119 (E2BIG)"
    contains "$stderr" "--banmod"
  done
  json '.drift | map([.kind, .have])' '[["irqbalance-ban","balanced"]]'
  value /proc/irq/119/smp_affinity 10
  cmp "$file" "$BATS_TEST_TMPDIR/answer" || fail "its list has changed"
  run_tune 1 diagnose
  contains "$output" "--banmod=ax_pcie_dev_host"
  # With that option it is the owner's decision.
  printf '/usr/sbin/irqbalance\0--banmod=ax_pcie_dev_host\0' >"$tree/proc/655/cmdline"
  for command in apply status; do
    run_tune 0 --json "$command"
  done
  json .tuned true
  run_tune 1 diagnose
  contains "$output" "irqbalance has no room for a ban on IRQ 119"
}

@test "an irqbalance that has ended, or answers no more, keeps nothing from being reverted" {
  local file=run/irqbalance/irqbalance655.sock
  use_board cm3588-first-cluster
  run_tune 0 apply
  rm -r "$tree/proc/655"
  run_tune 0 --json revert
  bans '[["/run/irqbalance",null,null,"skipped",null]]'
  value /proc/irq/119/smp_affinity ff

  # Its ban is still in force, and so is still remembered.
  use_board cm3588-first-cluster
  run_tune 0 apply
  cp "$tree/$file" "$BATS_TEST_TMPDIR/answer"
  : >"$tree/$file"
  run_tune 1 --json revert
  json .result partial
  value /proc/irq/119/smp_affinity ff
  cp "$BATS_TEST_TMPDIR/answer" "$tree/$file"
  run_tune 0 --json revert
  json '.operations | map([.kind, .result])' '[["irqbalance-ban","changed"]]'
  banned irqbalance655.sock 82
}

@test "the ban of an interrupt that is no longer the card's is lifted" {
  use_board cm3588-first-cluster
  run_tune 0 apply
  # The driver is loaded again and gets another number.
  local msi
  msi=$(dirname "$(find "$tree/sys/devices" -path '*/msi_irqs/119')")
  rm "$msi/119"
  echo msi >"$msi/121"
  cp -r "$tree/proc/irq/119" "$tree/proc/irq/121"
  echo ff >"$tree/proc/irq/121/smp_affinity"
  rm -r "$tree/proc/irq/119"
  [ ! -e "$tree/sys/kernel/irq/119" ] || mv "$tree/sys/kernel/irq/119" "$tree/sys/kernel/irq/121"
  sed -i 's/^ *119:/ 121:/' "$tree/proc/interrupts"
  run_tune 0 --json apply
  bans '[["/run/irqbalance","balanced","banned","changed",null],["/run/irqbalance","banned","balanced","changed",null]]'
  banned irqbalance655.sock 82 121
  run_tune 0 revert
  banned irqbalance655.sock 82
}
