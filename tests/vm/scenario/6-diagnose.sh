#!/bin/bash
# SPDX-License-Identifier: MIT
# What diagnose sees on a real kernel, with a real system manager and a real irqbalance.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
irq=$(irq_of "$card")
rate=/sys/module/ax_pcie_host_dev/parameters/hz

codes() { field '.findings[] | "\(.severity) \(.code)"'; }
finding() { field ".findings[] | select(.code == \"$1\") | .text"; }

# has_finding "SEVERITY CODE"
has_finding() { codes | grep -qx "$1"; }
has_no_finding() { ! codes | grep -q " $1\$"; }

# --- Before apply -------------------------------------------------------------------------------

tune diagnose
comment < /vm/out
tune diagnose --json
check_eq 'before apply, diagnose exits 1' 1 "$status"
check 'it calls the little core a problem' has_finding 'problem irq-on-little-core'
check_match 'by interrupts that arrived while it watched' \
  'is delivered to CPU[0-3], a slow core .*: [1-9][0-9]* interrupts arrived during this check' \
  "$(finding irq-on-little-core)"
check 'it calls the governor a problem' has_finding 'problem governor-not-set'
check_eq 'the link is that of lspci' \
  "$(lspci -s "$card" -vv | sed -nE 's/.*LnkSta:\s*Speed ([0-9.]+)GT\/s.*Width x([0-9]+).*/\1 \2/p')" \
  "$(field '.cards[0].link | "\(.speed_gts + 0) \(.width)"')"
check_eq 'MaxPayload and MaxReadReq are those of lspci' \
  "$(lspci -s "$card" -vv | sed -nE 's/.*MaxPayload ([0-9]+) bytes, MaxReadReq ([0-9]+) .*/\1 \2/p')" \
  "$(field '.cards[0] | "\(.mps) \(.mrrs)"')"
check_eq 'the slot limits the link, and not the card' 'slot 500' \
  "$(field '.cards[0].link | "\(.limited_by) \(.bandwidth_mb_s)"')"
check_eq 'the root port is the one above the card' 0000:00:01.0 \
  "$(field '.cards[0].root_port.address')"
check_match 'its controller is a node of the device tree' '^pcie@' \
  "$(field '.cards[0].root_port.controller')"
check_eq 'the thread of the interrupt is the real one' \
  "$(thread_of "$irq") 50" "$(field '.cards[0].irqs[0].thread | "\(.pid) \(.priority)"')"
check_eq 'the kernel is the real one' "$(uname -r)" "$(field .board.kernel)"
check_eq 'the system manager has answered: the service is not there' 'false false' \
  "$(field '.service | "\(.enabled) \(.active)"')"
check 'it says that the service is not enabled' has_finding 'warning service-not-enabled'

tune_as_nobody diagnose --json
check_eq 'an ordinary user gets a report, too' '1 1' "$status $(field '.cards | length')"
check 'with the little core' has_finding 'problem irq-on-little-core'
check 'with the link' test "$(field '.cards[0].link.width')" = 1
check 'it says what only root may read' has_finding 'info needs-root'

# --- After apply --------------------------------------------------------------------------------

tune apply
tune diagnose --json
check_eq 'after apply, diagnose exits 0' 0 "$status"
check 'the little core is no problem any more' has_no_finding irq-on-little-core
check 'nor is the governor' has_no_finding governor-not-set
check_match 'the interrupt is seen on the fast core' \
  'is delivered to CPU6, .*: [1-9][0-9]* interrupts arrived during this check' \
  "$(finding irq-on-fast-core)"
check 'every setting is in force' has_finding 'ok in-force'

# --- A capture, read back -----------------------------------------------------------------------

# Without interrupts all that is compared stands still; the frequency of a core is what it was. The
# board may be read by anyone, who needs sudo, as root here does not.
echo 0 > "$rate"
sleep 0.5
same='del(.board.uptime_s, .board.hottest_c, .cpus[].cur_khz, .cards[].irqs[].thread.last_cpu)
  | .findings[].advice |= (. // "" | gsub("sudo "; ""))'
tune diagnose --json
check_eq 'root is not told to become root' '' "$(field '.findings[].advice // empty | select(test("sudo"))')"
live=$(field "$same")
tune capture /vm/board
check_eq 'capture exits 0' 0 "$status"
tune --sysroot /vm/board diagnose --json
check_eq 'the captured board gives the report of the machine' "$live" "$(field "$same")"
check 'nothing arrives, so the counts since boot are the evidence' \
  has_finding 'ok irq-on-fast-core'
tune_as_nobody capture
check_eq 'an ordinary user can capture, too' 0 "$status"
echo 50 > "$rate"

# --- irqbalance ---------------------------------------------------------------------------------

has_socket() { test -S "/run/irqbalance/irqbalance$(pgrep -x irqbalance).sock"; }

systemctl start irqbalance
wait_for has_socket
tune diagnose --json
check_eq 'diagnose sees irqbalance run' 'irqbalance true none' \
  "$(field '.rivals[] | select(.name == "irqbalance") | "\(.name) \(.running) \(.ban)"')"
check 'and warns that it does not leave the interrupt alone' \
  has_finding 'warning irqbalance-unbanned'
tune_as_nobody diagnose --json
check 'an ordinary user is told that only root can ask irqbalance' \
  has_finding 'warning irqbalance-unknown'
systemctl stop irqbalance

mkdir -p /etc/default
echo 'IRQBALANCE_ARGS=--banmod=ax_pcie_dev_host' > /etc/default/irqbalance
systemctl start irqbalance
wait_for has_socket
tune diagnose --json
check 'a ban on its command line does not count' has_finding 'warning irqbalance-unbanned'
systemctl stop irqbalance

# --- axcl-smi -----------------------------------------------------------------------------------

mkdir -p /usr/bin/axcl
cat > /usr/bin/axcl/axcl-smi <<END
#!/bin/sh
echo '| AXCL-SMI  V3.9.1_20260101                Driver  V3.9.1_20260101 |'
echo '|    0  AX650N                     V3.9.1 | $card |   97 MiB /      945 MiB |'
echo '|   --   51C                      -- / -- | 2%        7% |    33 MiB /     7040 MiB |'
END
chmod +x /usr/bin/axcl/axcl-smi
tune diagnose --json
check_eq 'axcl-smi is asked where there is one' '51 7 33' \
  "$(field '.cards[0].smi | "\(.temperature_c) \(.npu_percent) \(.memory_used_mib)"')"
printf '#!/bin/sh\nsleep 1000\n' > /usr/bin/axcl/axcl-smi
tune diagnose --json
check 'one that hangs is a problem, and does not hang diagnose' \
  has_finding 'problem card-not-answering'
check_eq 'which then exits 1' 1 "$status"
