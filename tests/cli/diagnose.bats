#!/usr/bin/env bats
# diagnose and capture on every board. The expected facts and findings are worked out by hand from
# the files of each board; the links are also checked with lspci.

# Each test runs in its own subshell; "$" in single quotes belongs to jq.
# shellcheck disable=SC2016,SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# The JSON report as lines of words, "-" for unknown values. CPUs that are alike share a line;
# findings are sorted by severity, then by code.
facts='
  def word: if . == null then "-" elif type == "number" then . + 0 | tostring else tostring end;
  def row(name; fields): [name, (fields | word)] | join(" ");
  def span: map(.cpu) | if length > 1 and .[-1] - .[0] == length - 1 then "\(.[0])-\(.[-1])"
                        else map(tostring) | join(",") end;
  def flags: [to_entries[] | select(.value == true) | .key] | join(",");
  def counted: if . == null then "-" else
    [to_entries[] | select(.value > 0) | "\(.key):\(.value)"] | join(",") end;
  (.board | row("board"; .model, .kernel, .uptime_s, .throttled_by, .hottest_c)),
  (.cpus | group_by(del(.cpu)) | sort_by(.[0].cpu)[] |
    row("cpu"; span, (.[0] | .core, .midr, .capacity, .max_khz, .limit_khz, .cur_khz, .policy,
                             .governor, .idle_state, .idle_exit_us, flags))),
  (.cards[] |
    row("card"; .address, .id, .name, .driver, .driver_version, .cpu),
    row("link"; .link | .speed_gts, .width, .max_speed_gts, .max_width, .bandwidth_mb_s, .limited_by),
    row("port"; .root_port | .address, .max_speed_gts, .max_width, .controller),
    row("registers"; .mps, .mrrs, .aspm),
    row("errors"; .aer | .correctable, .nonfatal, .fatal),
    (.irqs[] |
      row("irq"; .irq, .chip, .action, .affinity, .effective, .busiest_cpu, (.counts | counted)),
      (.thread | values | row("thread"; .pid, .priority, .cpus, .last_cpu)))),
  (.rivals[] | row("rival"; .name, .running, .enabled, .writes, .ban)),
  row("service"; .service | .enabled, .active, .result),
  (.findings | sort_by({"problem": 1, "warning": 2, "info": 3, "ok": 4}[.severity], .code)[] |
    row(.severity; .code))'

# judge BOARD STATUS: compares the report with standard input.
judge() {
  use_board "$1"
  run_tune "$2" --json diagnose
  diff -u --label expected --label found <(tr -s ' ') <(jq -r "$facts" <<<"$output") ||
    fail "$1 is not judged as expected"
}

# says CODE PART..., advises CODE PART...: the findings of that code in $output contain each PART.
says() {
  parts text "$@"
}

advises() {
  parts advice "$@"
}

parts() {
  local part
  finding "$2" "$1"
  for part in "${@:3}"; do
    contains "$finding" "$part"
  done
}

# The lines of the tables:
# board     MODEL KERNEL UPTIME THROTTLED-BY HOTTEST
# cpu       NUMBERS CORE MIDR CAPACITY MAX LIMIT NOW POLICY GOVERNOR IDLE-STATE EXIT-US FLAGS
# card      ADDRESS ID NAME DRIVER VERSION BEST-CPU
# link      SPEED WIDTH MAX-SPEED MAX-WIDTH MB/S LIMITED-BY
# port      ADDRESS MAX-SPEED MAX-WIDTH CONTROLLER
# registers MAX-PAYLOAD MAX-READ-REQUEST ASPM
# errors    CORRECTABLE NONFATAL FATAL
# irq       NUMBER CHIP ACTION AFFINITY EFFECTIVE BUSIEST-CPU COUNTS
# thread    PID PRIORITY CPUS LAST-CPU
# rival     NAME RUNNING ENABLED WRITES BAN
# service   ENABLED ACTIVE RESULT

@test "CM3588 as it is installed: two problems, and apply solves them" {
  judge cm3588 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.141 350735 - 52.692
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1416000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000  408000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000  600000 6 schedutil cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host V3.10.2 6
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 137 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 1187 50 0 0
rival cpufrequtils false false governor -
service false false -
problem governor-not-set
problem irq-on-little-core
warning service-not-installed
warning sleep-not-masked
info deep-idle
info governor-at-boot
info link-limited-by-slot
info max-payload-128
info memory-governor
END
  says irq-on-little-core 137 CPU0 Cortex-A55 "1800 MHz" "184213 of 184213"
  says governor-not-set 4-7 schedutil performance
  says deep-idle CPU6 cpu-sleep 220
  says governor-at-boot cpufrequtils /etc/default/cpufrequtils
  advises irq-on-little-core "sudo ax650n-tune apply"
  advises governor-not-set "sudo ax650n-tune apply"

  # The IRQ has been moved, but no interrupt has arrived on CPU6 yet.
  run_tune 0 -q apply
  run_tune 0 --json diagnose
  json '[.findings[] | select(.severity == "problem")]' '[]' \
    '.findings | map(.code) | map(select(startswith("irq") or . == "in-force"))' '["irq-idle","in-force"]' \
    '.cards[0].irqs[0] | [.affinity, .effective, .busiest_cpu]' '["6","0",0]'
}

@test "CM3588 with AXCL 2.x, seen by an ordinary user: no registers, no answer of irqbalance" {
  judge cm3588-axcl2 1 <<'END'
board FriendlyElec CM3588 NAS 5.10.160 93784 - -
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1008000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 1200000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000 1416000 6 schedutil cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 6
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers - - -
errors - - -
irq 141 ITS-PCI-MSI-0003:31:00.0 endpoint-msi-irq 0-7 0 0 0:9071,2:3
irq 142 - - 0-7 - - -
irq 143 - - 0-7 - - -
irq 144 - - 0-7 - - -
rival irqbalance true true affinity -
service false false -
problem governor-not-set
problem irq-on-little-core
warning irqbalance-unknown
warning service-not-installed
info deep-idle
info link-limited-by-slot
info memory-governor
info needs-root
END
  says irq-on-little-core "9071 of 9074"
  says irqbalance-unknown 141
  advises needs-root "sudo ax650n-tune capture"
}

@test "CM3588 whose second cluster is capped" {
  judge cm3588-cpu6-busy 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.99 7431 - 47.153
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000  816000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 1608000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 1800000 1200000 6 schedutil cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 7
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 135 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 903 50 0-7 0
rival cpufrequtils false true governor -
service false false success
problem clock-capped
problem governor-not-set
problem irq-on-little-core
warning service-not-enabled
warning sleep-not-masked
info deep-idle
info governor-at-boot
info link-limited-by-slot
info max-payload-128
info memory-governor
END
  says clock-capped "CPUs 6-7 to 1800 of 2352 MHz"
  advises clock-capped "echo 2352000" policy6/scaling_max_freq
  says deep-idle CPU7
}

@test "CM3588 with CPU6 offline, tuned running, and a service that has failed" {
  judge cm3588-cpu6-offline 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.84 1260 - 44.384
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1200000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 1008000 4 schedutil cpu-sleep 220 online,big
cpu 6   Cortex-A76 0x414fd0b0 1024 2352000 2352000       - 6 schedutil         -   - big
cpu 7   Cortex-A76 0x414fd0b0 1024 2352000 2352000 1800000 6 schedutil cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 7
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 133 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 411 50 0 0
rival tuned true true governor -
service true false exit-code
problem governor-not-set
problem irq-on-little-core
problem service-failed
warning governor-rival
info deep-idle
info link-limited-by-slot
info max-payload-128
info memory-governor
END
  says service-failed exit-code
  says governor-rival tuned
  says deep-idle CPU7
}

@test "CM3588 that is throttled, with an irqbalance without bans" {
  judge cm3588-first-cluster 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.115-vendor-rk35xx 604812 thermal-cpufreq-1 87.615
cpu 0-3 Cortex-A55 0x412fd050  397 1800000 1800000 1800000 0 ondemand cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1024 2400000 1608000 1608000 4 ondemand cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0  962 2256000 2256000 2016000 6 ondemand cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 4
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 119 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 839 50 0 0
rival irqbalance true true affinity none
rival armbian-hardware-optimize false true governor -
service false false -
problem governor-not-set
problem irq-on-little-core
problem thermal-throttling
warning irqbalance-unbanned
warning service-not-installed
info deep-idle
info governor-at-boot
info link-limited-by-slot
info max-payload-128
info memory-governor
END
  says thermal-throttling thermal-cpufreq-1 bigcore0-thermal
  says irqbalance-unbanned 119
  advises irqbalance-unbanned 'sudo ax650n-tune apply'
}

@test "CM3588 with isolated CPUs, a large read request, and a ban until irqbalance restarts" {
  judge cm3588-isolated 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.75 52201 - 46.23
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1608000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 2016000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000  408000 6 schedutil cpu-sleep 220 online,isolated,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 4
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 4096 off
errors 0 0 0
irq 131 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 702 50 0 0
rival irqbalance true true affinity runtime
service true true success
problem governor-not-set
problem irq-on-little-core
warning max-read-request
info deep-idle
info irqbalance-banned
info link-limited-by-slot
info max-payload-128
info memory-governor
END
  says max-read-request "4096 bytes"
  says deep-idle CPU4
}

@test "CM3588 without a card" {
  judge cm3588-no-card 5 <<'END'
board FriendlyElec CM3588 NAS 6.1.57 318 - 39.77
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 408000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 408000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000 408000 6 schedutil cpu-sleep 220 online,big
service true false success
problem no-card
END
  advises no-card "lspci -d 1f4b:"
}

@test "CM3588 without cpufreq and link files: the link comes from the registers" {
  judge cm3588-no-cpufreq 1 <<'END'
board - 6.18.3 4102 - 41.615
cpu 0-3 Cortex-A55 0x412fd050  530 - - - - - cpu-sleep 220 online
cpu 4-7 Cortex-A76 0x414fd0b0 1024 - - - - - cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 4
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors - - -
irq 58 ITS-PCI-MSI-0003:31:00.0 0003:31:00.0 0-7 0 0 0:184213
thread 287 50 0 0
service - - -
problem irq-on-little-core
info deep-idle
info link-limited-by-slot
info max-payload-128
info no-cpufreq
END
}

@test "CM3588 with a card without driver" {
  judge cm3588-no-driver 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.118 96 - 42.538
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 600000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 816000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000 816000 6 schedutil cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N - - -
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
service true false success
problem no-driver
info link-limited-by-slot
info max-payload-128
END
  advises no-driver axclhost
}

@test "CM3588 whose driver has requested no interrupt" {
  judge cm3588-no-handler 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.43 205 - 40.692
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1800000 0 schedutil - - online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 1800000 4 schedutil - - online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000 1608000 6 schedutil - - online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - -
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 152 - - 0-7 - - -
irq 153 - - 0-7 - - -
irq 154 - - 0-7 - - -
irq 155 - - 0-7 - - -
service true false success
problem no-handler
info link-limited-by-slot
info max-payload-128
END
  says no-handler ax_pcie_dev_host 0003:31:00.0
}

@test "CM3588 where everything is in force: no problem, no warning" {
  judge cm3588-tuned 0 <<'END'
board FriendlyElec CM3588 NAS 6.1.141 1036800 - 57.307
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1416000 0 schedutil   cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 2304000 4 performance cpu-sleep 220 online,big
cpu 6   Cortex-A76 0x414fd0b0 1024 2352000 2352000 2352000 6 performance WFI         1 online,big
cpu 7   Cortex-A76 0x414fd0b0 1024 2352000 2352000 2352000 6 performance cpu-sleep 220 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 6
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 0 0 0
irq 129 ITS-MSI 0003:31:00.0 6 6 6 0:212,6:501337
thread 1043 50 6 6
service true true success
info link-limited-by-slot
info max-payload-128
ok in-force
ok irq-on-fast-core
END
  says irq-on-fast-core 129 CPU6 "501337 of 501549"
}

@test "CM3588 with two cards, whose bans survive a restart of irqbalance" {
  judge cm3588-two-cards 1 <<'END'
board FriendlyElec CM3588 NAS 6.1.130 190030 - 55.461
cpu 0-3 Cortex-A55 0x412fd050  405 1800000 1800000 1800000 0 schedutil cpu-sleep 220 online
cpu 4-5 Cortex-A76 0x414fd0b0 1003 2304000 2304000 1200000 4 schedutil cpu-sleep 220 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2352000 2352000 1416000 6 schedutil cpu-sleep 220 online,big
card 0000:01:00.0 1f4b:0650 AX650N ax_pcie_dev_host V3.6.5 6
link 5 1 5 2 500 slot
port 0000:00:00.0 8 1 pcie@fe150000
registers 128 512 off
errors 0 0 0
irq 136 ITS-MSI 0000:01:00.0 0-7 0 0 0:184213
thread 733 50 0 0
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host V3.6.5 7
link 5 1 5 2 500 slot
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors - - -
irq 137 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 735 50 0 0
rival irqbalance true true affinity persistent
service true true success
problem governor-not-set
problem irq-on-little-core
problem irq-on-little-core
info deep-idle
info link-limited-by-slot
info link-limited-by-slot
info max-payload-128
info max-payload-128
info memory-governor
ok irqbalance-banned
ok irqbalance-banned
END
  says irq-on-little-core 136 137
  says deep-idle "CPUs 6-7"
  says irqbalance-banned 136 137
}

@test "RK3576: an IRQ that cannot be moved from a slow core" {
  judge rk3576-unmovable 1 <<'END'
board Radxa ROCK 4D 6.12.30 86399 - 49
cpu 0-3 Cortex-A53 0x410fd034  452 2016000 2016000 1800000 0 schedutil cpu-sleep 370 online
cpu 4-7 Cortex-A72 0x411fd080 1024 2208000 2208000 1416000 4 schedutil cpu-sleep 370 online,big
card 0000:01:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 4
link 5 1 5 2 500 slot
port 0000:00:00.0 5 1 pcie@2a200000
registers 128 512 off
errors - - -
irq 98 PCI-MSI-0000:01:00.0 0000:01:00.0 0-7 - 0 0:74412
thread 356 50 0-7 0
service false false success
problem governor-not-set
warning irq-unmovable
warning service-not-enabled
warning sleep-not-masked
info deep-idle
info link-limited-by-slot
info max-payload-128
END
  says irq-unmovable 98 "slow core" "PCIe port of this chip"
  says governor-not-set 4-7
}

@test "RK3588J: a link that trained too slowly, and errors on it" {
  judge rk3588j 1 <<'END'
board Rockchip RK3588J Industrial Board 5.10.209-rt89 2592123 - 61.153
cpu 0-3 Cortex-A55 0x412fd050  340 1296000 1296000 1296000 0 ondemand WFI 1 online
cpu 4-5 Cortex-A76 0x414fd0b0 1024 2016000 2016000 1200000 4 ondemand WFI 1 online,big
cpu 6-7 Cortex-A76 0x414fd0b0 1024 2016000 2016000  816000 6 ondemand WFI 1 online,big
card 0003:31:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 4
link 2.5 1 5 2 250 fault
port 0003:30:00.0 8 1 pcie@fe180000
registers 128 512 off
errors 17 0 0
irq 125 ITS-MSI 0003:31:00.0 0-7 0 0 0:184213
thread 264 50 0 0
rival loadcpufreq false true governor -
service true true success
problem governor-not-set
problem irq-on-little-core
problem link-degraded
warning aer-errors
info governor-at-boot
info max-payload-128
info memory-governor
END
  says link-degraded "2.5 GT/s x1" "5.0 GT/s x1"
  says aer-errors 17
}

@test "Raspberry Pi 5: every core is fast, but the affinity is not one of them" {
  judge rpi5 1 <<'END'
board Raspberry Pi 5 Model B Rev 1.0 6.12.62+rpt-rpi-2712 12345 - 48.85
cpu 0-3 Cortex-A76 0x414fd0b1 1024 2400000 2400000 1500000 0 ondemand - - online,big
card 0001:01:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 1
link 5 1 5 2 500 slot
port 0001:00:00.0 5 1 pcie@1000110000
registers 128 512 off
errors 0 0 0
irq 168 MIP-MSI-PCI-MSI-0001:01:00.0 0001:01:00.0 0-3 0 0 0:20711
thread 512 50 0 0
rival raspi-config false true governor -
service false false -
problem governor-not-set
warning service-not-installed
info governor-at-boot
info irq-not-in-force
info link-limited-by-slot
info max-payload-128
END
  says irq-not-in-force 168 0-3
  says governor-at-boot raspi-config /etc/default/cpu_governor
}

@test "Raspberry Pi 5 with no-mip: unmovable, which costs nothing" {
  judge rpi5-no-mip 1 <<'END'
board Raspberry Pi 5 Model B Rev 1.1 6.12.47+rpt-rpi-2712 600 - -
cpu 0-3 Cortex-A76 0x414fd0b1 1024 2400000 2400000 2400000 0 ondemand - - online,big
card 0001:01:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 1
link 5 1 5 2 500 slot
port 0001:00:00.0 8 1 pcie@1000110000
registers 128 512 off
errors - - -
irq 168 BRCM STB PCIe MSI 0001:01:00.0 0-3 0 0 0:20711
thread 530 50 0-3 0
service - - -
problem governor-not-set
info irq-unmovable
info link-limited-by-slot
info max-payload-128
END
  says irq-unmovable 168 no-mip "nothing is lost"
}

@test "x86 server with 72 CPUs: the card limits the link" {
  judge x86-72cpu 1 < <(
    echo "board Dell Inc. PowerEdge R640 6.8.0-90-generic 8640000 - 54"
    # A cpufreq policy for each CPU.
    for cpu in {0..71}; do
      echo "cpu $cpu - - - 3700000 3700000 1200000 $cpu powersave C6 133 online,big"
    done
    cat <<'END'
card 0000:b3:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 36
link 5 2 5 2 1000 card
port 0000:b2:00.0 16 4 -
registers 128 512 off
errors 0 0 0
irq 131 IR-PCI-MSI-0000:b3:00.0 0000:b3:00.0 0-71 17 17 17:602113
thread 1904 50 17 17
rival irqbalance false false affinity -
service true true success
problem governor-not-set
warning sleep-not-masked
info deep-idle
info irq-not-in-force
info max-payload-128
END
  )
  says governor-not-set 0-71 powersave
  says deep-idle CPU36 C6 133
}

@test "two cards behind a switch: each is judged by the port above it" {
  judge switch-two-cards 1 < <(
    echo "board Gigabyte Technology Co., Ltd. Z390 AORUS PRO 6.1.0-42-amd64 2712 - 43"
    for cpu in {0..5}; do
      echo "cpu $cpu - - - 4300000 4300000 800000 $cpu powersave C2_ACPI 151 online,big"
    done
    cat <<'END'
card 0000:03:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 3
link 5 2 5 2 1000 card
port 0000:00:01.0 8 16 -
registers 128 512 off
errors 0 0 0
irq 143 IR-PCI-MSI-0000:03:00.0 0000:03:00.0 0-5 3 3 3:30117
thread 877 50 3 3
card 0000:04:00.0 1f4b:0650 AX650N ax_pcie_dev_host - 5
link 5 1 5 2 500 slot
port 0000:00:01.0 8 16 -
registers 128 512 off
errors 0 0 0
irq 147 IR-PCI-MSI-0000:04:00.0 0000:04:00.0 0-5 3 3 3:28876
thread 879 50 3 3
rival tlp false true governor -
service true true success
problem governor-not-set
warning link-degraded
info deep-idle
info governor-at-boot
info irq-not-in-force
info irq-not-in-force
info link-limited-by-slot
info max-payload-128
info max-payload-128
END
  )
  says link-limited-by-slot 0000:04:00.0
  says link-degraded 0000:00:01.0 "8.0 GT/s x4" "8.0 GT/s x8" "slows no card"
  json '.cards | map([.bandwidth_mb_s, .narrowest])' '[[1000,"0000:02:00.0"],[500,"0000:02:01.0"]]'
  says deep-idle "CPUs 3,5" C2_ACPI 151
}

@test "the narrowest link of the path counts, and a bad one above two cards is named once" {
  local upper
  use_board switch-two-cards
  upper=$tree/sys/bus/pci/devices/0000:00:01.0
  for port in "$upper" "$upper/0000:01:00.0"; do
    echo "2.5 GT/s PCIe" >"$port/current_link_speed"
    echo 1 >"$port/current_link_width"
  done
  run_tune 1 --json diagnose
  json '.cards | map([.bandwidth_mb_s, .narrowest, .link.bandwidth_mb_s])' \
    '[[250,"0000:00:01.0",1000],[250,"0000:00:01.0",500]]' \
    '.cards[0].path | map([.address, .speed_gts, .width, .max_speed_gts, .max_width, .bandwidth_mb_s])' \
    '[["0000:00:01.0",2.5,1,8,16,250],["0000:01:00.0",2.5,1,8,8,250],["0000:02:00.0",5,2,8,2,1000],["0000:03:00.0",5,2,5,2,1000]]' \
    '[.findings[] | select(.code == "link-degraded") | .severity]' '["problem"]'
  says link-degraded 0000:00:01.0 "2.5 GT/s x1" "8.0 GT/s x8"
  run_tune 1 diagnose
  contains "$output" "250 MB/s, limited at 0000:00:01.0"

  # One end is enough to tell how a link runs.
  rm "$upper"/current_link_* "$upper/config" "$upper/0000:01:00.0/0000:02:00.0"/{current_link_*,config}
  run_tune 1 --json diagnose
  json '.cards[0] | [.bandwidth_mb_s, .narrowest]' '[250,"0000:00:01.0"]'
  rm "$upper"/0000:01:00.0/{current_link_*,config}
  run_tune 1 --json diagnose
  json '.cards[0] | [.bandwidth_mb_s, .narrowest, .link.bandwidth_mb_s]' '[null,null,1000]'
}

@test "a thread that is kept on slow cores is reported, and can be moved" {
  use_board cm3588-tuned
  sed -i 's/^Cpus_allowed_list:.*/Cpus_allowed_list:\t0-3/' "$tree/proc/1043/status"
  run_tune 0 --json diagnose
  says irq-thread-elsewhere CPU6 "its thread is kept on CPUs 0-3"
  advises irq-thread-elsewhere 'sudo taskset -pc 6 1043'
  json '.findings | map(select(.code == "irq-on-fast-core"))' '[]'
  # The write of an affinity that is as wanted already would not move it.
  run_tune 0 status
  sed -i 's/^Cpus_allowed_list:.*/Cpus_allowed_list:\t6/' "$tree/proc/1043/status"
  run_tune 0 --json diagnose
  json '.findings | map(select(.code | startswith("irq")) | .code)' '["irq-on-fast-core"]'
}

@test "a secondary thread that does not follow its interrupt is reported" {
  use_board cm3588-tuned
  mkdir "$tree/proc/1044"
  echo irq/129-s-0003: >"$tree/proc/1044/comm"
  cp "$tree/proc/1043/stat" "$tree/proc/1044/"
  sed 's/^Cpus_allowed_list:.*/Cpus_allowed_list:\t0-3/' "$tree/proc/1043/status" >"$tree/proc/1044/status"
  # Only these kernels have such threads.
  run_tune 0 --json diagnose
  json '.cards[0].irqs[0].threads | map(.pid)' '[1043]'
  echo 'root=/dev/mmcblk0p2 threadirqs' >"$tree/proc/cmdline"
  run_tune 0 --json diagnose
  json '.cards[0].irqs[0] | [.thread.pid, (.threads | map(.pid, .cpus))]' '[1043,[1043,"6",1044,"0-3"]]'
  says irq-thread-elsewhere CPU6 0-3
  advises irq-thread-elsewhere 'sudo ax650n-tune apply'
  run_tune 1 --json status
  json '.drift | map([.kind, .path, .want, .have])' '[["irq-thread","irq/129-s","6","0-3"]]'
  run_tune 0 --json apply
  json '.operations | map(select(.result == "changed") | [.kind, .before, .after])' '[["irq-thread","0-3","6"]]'
  run_tune 0 status
  run_tune 0 --json diagnose
  json '.findings | map(select(.code == "irq-thread-elsewhere"))' '[]'
  cp "$tree/proc/1044/status" "$BATS_TEST_TMPDIR/status"
  run_tune 0 revert
  contains "$(cat "$tree/proc/1044/status")" $'Cpus_allowed_list:\t0-3'
  diff <(sed 's/\t6$/\t0-3/' "$BATS_TEST_TMPDIR/status") "$tree/proc/1044/status" || fail "another line has changed"
}

@test "errors that the other end of a link has counted" {
  use_board cm3588
  local port=$tree/sys/bus/pci/devices/0003:30:00.0
  printf 'BadTLP 40\nRxErr 2\nTOTAL_ERR_COR 42\n' >"$port/aer_dev_correctable"
  rm -f "$port"/aer_dev_{nonfatal,fatal}
  sed -i 's/^TOTAL_ERR_COR .*/TOTAL_ERR_COR 3/' "$tree/sys/bus/pci/devices/0003:31:00.0/aer_dev_correctable"
  run_tune 1 --json diagnose
  json '.cards[0] | [.aer, .aer_port] | map([.correctable, .nonfatal, .fatal])' '[[45,0,0],[42,null,null]]' \
    '[.findings[] | select(.code == "aer-errors") | .severity]' '["warning","warning"]'
  says aer-errors "0003:30:00.0, above card 0003:31:00.0, has counted 42 corrected" "Card 0003:31:00.0 has counted 3"
  run_tune 1 diagnose
  contains "$output" "link errors since boot: 45 corrected, 0 non-fatal, 0 fatal"
}

# --- On every board -------------------------------------------------------------------------------

# on_boards FUNCTION: calls it for each board, with its name in $board and its file in $tree.
on_boards() {
  local board
  for tree in "$boards"/*.board; do
    board=${tree##*/}
    board=${board%.board}
    # Shown when the test fails.
    echo "on $board:"
    "$1"
  done
}

# report [ARGUMENT...]: runs diagnose, with any exit status.
report() {
  status=0
  output=$(tune "$@" diagnose 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
  read_file stderr "$BATS_TEST_TMPDIR/stderr"
}

# Each key of the JSON reports on standard input, with all types that its values have.
types='
  [.[] | path(.. | select(type != "object" and type != "array")) as $path | {
    key: ($path | map(select(type == "string") | if test("^[0-9]+$") then "N" else . end) | join(".")),
    type: (getpath($path) | if . == "" then "empty" else type end)
  }] | unique | group_by(.key)[] | "\(.[0].key) \(map(.type) | sort | join(" "))"'

@test "the JSON has the promised keys and types" {
  collect() {
    report --json
    echo "$output" >>"$BATS_TEST_TMPDIR/all"
  }
  on_boards collect
  sort >"$BATS_TEST_TMPDIR/promised" <<'END'
schema number
command string
board.model null string
board.kernel string
board.uptime_s number
board.virtualization string
board.throttled_by null string
board.hottest_c null number
cpus.cpu number
cpus.core null string
cpus.midr null string
cpus.capacity null number
cpus.max_khz null number
cpus.limit_khz null number
cpus.cur_khz null number
cpus.policy null number
cpus.governor null string
cpus.online boolean
cpus.isolated boolean
cpus.nohz_full boolean
cpus.big boolean
cpus.idle_state null string
cpus.idle_exit_us null number
cpus.idle_residency_us null number
cards.address string
cards.id string
cards.name string
cards.driver null string
cards.driver_version null string
cards.state string
cards.cpu null number
cards.link.speed_gts number
cards.link.width number
cards.link.max_speed_gts number
cards.link.max_width number
cards.link.bandwidth_mb_s number
cards.link.limited_by string
cards.path.address string
cards.path.speed_gts number
cards.path.width number
cards.path.max_speed_gts number
cards.path.max_width number
cards.path.bandwidth_mb_s number
cards.bandwidth_mb_s number
cards.narrowest string
cards.root_port.address string
cards.root_port.max_speed_gts number
cards.root_port.max_width number
cards.root_port.controller null string
cards.mps null number
cards.mrrs null number
cards.aspm null string
cards.aer.correctable null number
cards.aer.nonfatal null number
cards.aer.fatal null number
cards.aer_port.correctable null number
cards.aer_port.nonfatal null number
cards.aer_port.fatal null number
cards.smi null
cards.irqs.irq number
cards.irqs.chip null string
cards.irqs.action null string
cards.irqs.counts null
cards.irqs.counts.N number
cards.irqs.affinity string
cards.irqs.effective null string
cards.irqs.busiest_cpu null number
cards.irqs.thread null
cards.irqs.thread.pid number
cards.irqs.thread.priority number
cards.irqs.thread.cpus string
cards.irqs.thread.last_cpu number
cards.irqs.threads.pid number
cards.irqs.threads.priority number
cards.irqs.threads.cpus string
cards.irqs.threads.last_cpu number
rivals.name string
rivals.running boolean
rivals.enabled boolean
rivals.writes string
rivals.ban null string
service.enabled boolean null
service.active boolean null
service.result null string
findings.severity string
findings.code string
findings.text string
findings.advice null string
END
  diff -u "$BATS_TEST_TMPDIR/promised" <(jq -r -s "$types" "$BATS_TEST_TMPDIR/all" | sort)
  # No key is missing where its value is unknown.
  output=$(jq -s . "$BATS_TEST_TMPDIR/all")
  json '[., map(.board), map(.cpus[]), map(.cards[]), map(.cards[].link), map(.cards[].path[]), map(.cards[].aer, .cards[].aer_port),
    map(.cards[].irqs[]), map(.rivals[]), map(.service), map(.findings[])]
    | map(map(keys) | unique | length) | unique' '[1]'
}

@test "the worst findings come first, and problems and warnings have advice" {
  ordered() {
    report --json
    json '.findings | [
      (map({"problem": 1, "warning": 2, "info": 3, "ok": 4}[.severity]) | . == sort),
      (map(select((.severity == "problem" or .severity == "warning") and .advice == null).code)),
      (map(select(.severity == "ok" and .advice != null).code)),
      (map(select(.text | endswith(".") | not).code))]' '[true,[],[],[]]'
  }
  on_boards ordered
}

@test "the source, the manual page and the tests know the same findings" {
  local source page tested
  source=$(cat "$top"/src/diagnose/*.c | tr -s '\n\t ' ' ' | grep -oP 'SEVERITY_[A-Z]+, "\K[a-z0-9-]+(?=")' | sort -u)
  page=$(sed -n '/^\.Sh FINDINGS/,/^\.Sh/s/^\.It Li //p' "$top/man/ax650n-tune.8" | tr -s ' ,' '\n' | sort)
  tested=$(grep -ohwFe "$source" "$top"/tests/cli/*.bats "$top/tests/unit/test-diagnose.c" | sort -u)
  [ "$(wc -l <<<"$source")" -gt 30 ]
  diff -u --label source --label page <(echo "$source") <(echo "$page")
  diff -u --label source --label tested <(echo "$source") <(echo "$tested")
}

@test "diagnose advises apply where it changes something, and nowhere else" {
  agrees() {
    local planned advised
    use_board "$board"
    planned=$(tune --json apply -n 2>"$BATS_TEST_TMPDIR/stderr") || true
    report --json
    advised=$output
    tune -q apply 2>"$BATS_TEST_TMPDIR/stderr" || true
    report --json
    output="[${planned:-null}, $advised, $output]"
    json '([.[0].operations[]? | select(.result == "would-change" and .kind != "irqbalance-ban")] == []) or
        any(.[1].findings[]; .advice // "" | test("ax650n-tune apply"))' true \
      '[.[2].findings[] | select(.advice == "sudo ax650n-tune apply").code]' '[]'
  }
  on_boards agrees
}

@test "the exit status, and the verdict of the text, follow from the findings" {
  concluded() {
    local problems warnings verdict
    report --json
    read -r problems warnings < <(
      jq -r '[("problem", "warning") as $one | .findings | map(select(.severity == $one)) | length] | @tsv' <<<"$output")
    [ "$status" -eq 5 ] || [ "$status" -eq $((problems > 0)) ] || fail "exit status $status"
    report
    verdict=$(grep '^Verdict: ' <<<"$output")
    [ "$(grep -c '^problem ' <<<"$output")" -eq "$problems" ]
    [ "$(grep -c '^warning ' <<<"$output")" -eq "$warnings" ]
    case $status in
      5) [ "$verdict" = "Verdict: no card." ] ;;
      *)
        [ "$problems" -eq 0 ] || contains "$verdict" "$problems problem"
        [ "$warnings" -eq 0 ] || contains "$verdict" "$warnings warning"
        ;;
    esac
  }
  on_boards concluded
}

@test "diagnose and capture write nothing" {
  unchanged() {
    local before
    use_board "$board"
    before=$(cd "$tree" && find . | LC_ALL=C sort && snapshot)
    report
    report --json
    tune capture >/dev/null
    [ "$(cd "$tree" && find . | LC_ALL=C sort && snapshot)" = "$before" ] || fail "something was written"
  }
  on_boards unchanged
}

# --- Links: lspci reads the same config space -----------------------------------------------------

# registers ADDRESS: "MAX-PAYLOAD MAX-READ-REQUEST MAX-SPEED MAX-WIDTH ASPM SPEED WIDTH" from lspci,
# or "denied" if it sees only the first 64 bytes.
registers() {
  local text
  text=$(LC_ALL=C lspci -A linux-sysfs -O "sysfs.path=$tree/sys/bus/pci" -vv -s "$1") || return 1
  sed -n -E '
    s/.*Capabilities: <access denied>.*/denied/p
    s/.*MaxPayload ([0-9]+) bytes, MaxReadReq ([0-9]+) bytes.*/\1 \2/p
    s/.*LnkCap:.*Speed ([0-9.]+)GT\/s, Width x([0-9]+).*/\1 \2/p
    s/.*LnkCtl:.*ASPM Disabled;.*/off/p
    s/.*LnkSta:.*Speed ([0-9.]+)GT\/s.* Width x([0-9]+).*/\1 \2/p' <<<"$text" | paste -s -d ' '
}

# The links as the program prints them: cards and root ports from the JSON, all from the text.
links() {
  jq -r '.cards[] | .root_port as $port | [.address, .mps, .mrrs, .link.max_speed_gts + 0,
    .link.max_width, .aspm, .link.speed_gts + 0, .link.width], [$port.address,
    $port.max_speed_gts + 0, $port.max_width] | join(" ")' <<<"$output"
  LC_ALL=C tune diagnose | sed -n -E 's/\.0 GT/ GT/g
    s/^[^0-9a-f]*([0-9a-f:.]+) +(root port|switch|AX650N) +([0-9.]+) GT\/s x([0-9]+) +([0-9.]+) GT\/s x([0-9]+) .*/\1 \3 \4 \5 \6/p'
}

agree() {
  local config address words said=$BATS_TEST_TMPDIR/lspci
  use_board "$board"
  : >"$said"
  for config in "$tree"/sys/bus/pci/devices/*/config; do
    [ -e "$config" ] || continue
    address=${config%/config}
    address=${address##*/}
    words=$(registers "$address")
    echo "$address $words" >>"$said"
  done
  report --json
  case $board in
    cm3588-no-card) [ ! -s "$said" ] ;;
    cm3588-axcl2) [ "$(cut -d ' ' -f 2 "$said" | sort -u)" = denied ] ;;
    *)
      awk '{ print; print $1, $4, $5; print $1, $7, $8, $4, $5 }' "$said" >"$said.all"
      words=$(links)
      [ "$(cut -d ' ' -f 1 <<<"$words" | sort -u)" = "$(cut -d ' ' -f 1 "$said")" ] || fail "not all functions"
      ! grep -vxF -f "$said.all" <<<"$words" || fail "lspci differs: $(cat "$said")"
      ;;
  esac
}

@test "lspci reads the same for every link" {
  on_boards agree
}

# --- The text -------------------------------------------------------------------------------------

@test "the last line is what to do next" {
  # next BOARD LINE
  next() {
    use_board "$1"
    report
    [ "$(tail -n 1 <<<"$output")" = "$2" ] || fail "the last line is not '$2'"
  }
  next cm3588 "Next: sudo ax650n-tune apply"
  # Once that is done, the next one.
  tune -q apply
  report
  [ "$(tail -n 1 <<<"$output")" = "Next: Run 'sudo ./install.sh' in the source directory of ax650n-tune." ] ||
    fail "nothing next"
  next cm3588-no-card "      and 'sudo dmesg | grep -i pcie'."
  next cm3588-tuned "Verdict: nothing that can be fixed slows the card down."
}

@test "the text fits 80 columns, in ASCII unless the locale has UTF-8" {
  fits() {
    local locale width
    for locale in C C.UTF-8; do
      LC_ALL=$locale report
      width=$(LC_ALL=$locale wc -L <<<"$output")
      [ "$width" -le 80 ] || fail "$width columns wide with LC_ALL=$locale"
      [[ $output != *$'\e'* ]] || fail "escape sequences"
      case $locale in
        C) ! LC_ALL=C grep -n '[^ -~]' <<<"$output" || fail "not only ASCII" ;;
        *) [ "$status" -eq 5 ] || contains "$output" "└─" ;;
      esac
    done
  }
  on_boards fits
}

@test "text is as wide as the terminal, from 40 to 120 columns" {
  use_board cm3588
  # widest COLUMNS: how wide the text below the tables is.
  widest() {
    script -qec "stty cols $1; '$BUILD/ax650n-tune' --sysroot '$tree' --color never diagnose" /dev/null </dev/null |
      tr -d '\r' | sed -n '/^Services/,$p' | wc -L
  }
  [ "$(widest 40)" -le 40 ] || fail "wider than 40"
  [ "$(widest 80)" = "$(tune diagnose | sed -n '/^Services/,$p' | wc -L)" ]
  [ "$(widest 100)" -gt 80 ] || fail "narrower than 100"
  [ "$(widest 100)" -le 100 ] || fail "wider than 100"
  [ "$(widest 300)" = "$(widest 120)" ]
  [ "$(widest 10)" = "$(widest 40)" ]
  # A serial line has no width.
  [ "$(widest 0)" = "$(widest 80)" ]
}

@test "colour: on a terminal or on request, but not with NO_COLOR" {
  use_board cm3588
  # escapes YES-OR-NO COMMAND...
  escapes() {
    local expected=$1 have=no
    shift
    output=$("$@") || [ $? -eq 1 ]
    contains "$output" "Verdict: "
    [[ $output != *$'\e['* ]] || have=yes
    [ "$have" = "$expected" ] || fail "escape sequences: $have, not $expected"
  }
  # on_terminal ARGUMENT...: runs the program with a terminal as its output.
  on_terminal() {
    script -qec "'$BUILD/ax650n-tune' --sysroot '$tree' $*" /dev/null </dev/null
  }
  unset NO_COLOR
  escapes no tune diagnose
  escapes yes on_terminal diagnose
  escapes no on_terminal --color never diagnose
  escapes yes tune --color always diagnose
  export NO_COLOR=1
  escapes no on_terminal diagnose
  # The option overrides the environment.
  escapes yes tune --color always diagnose
  export NO_COLOR=
  escapes yes on_terminal diagnose
}

@test "quiet: only the exit status" {
  local board
  for board in cm3588:1 cm3588-tuned:0 cm3588-no-card:5; do
    use_board "${board%:*}"
    run_tune "${board#*:}" -q diagnose
    [ -z "$output$stderr" ] || fail "not quiet"
  done
}

@test "usage errors name the mistake" {
  use_board cm3588
  run_tune 2 diagnose now
  contains "$stderr" "unexpected argument 'now'"
  run_tune 2 capture a b
  contains "$stderr" "'b'"
  contains "$stderr" "Try 'ax650n-tune capture --help'"
  [ -z "$output" ] || fail "output on standard output"
  [ ! -e a ] && [ ! -e b ] || fail "a file was created"
}

@test "a report that cannot be written is a failure" {
  use_board cm3588-tuned
  local command
  for command in diagnose "--json diagnose" capture; do
    status=0
    # shellcheck disable=SC2086 # a list of words
    tune $command >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
    [ "$status" -eq 1 ] || fail "exit status $status of $command"
    contains "$(cat "$BATS_TEST_TMPDIR/stderr")" "No space left on device"
  done
}

# --- capture --------------------------------------------------------------------------------------

captured() {
  local first=$BATS_TEST_TMPDIR/first.board second=$BATS_TEST_TMPDIR/second.board before
  local program=("$BUILD/ax650n-tune" --sysroot)
  report --json
  before=$output
  tune capture >"$first"
  [[ $(sed -n 2p "$first") =~ ^#\ captured\ by\ ax650n-tune\ [0-9.]+,\ [0-9]{4}-[0-9]{2}-[0-9]{2} ]] ||
    fail "no date"
  output=$("${program[@]}" "$first" --json diagnose) || [ $? -eq "$status" ] || fail "the exit status differs"
  diff -u <(echo "$before") <(echo "$output") || fail "the captured board is judged differently"
  diff -u <(tune --json apply --dry-run) <("${program[@]}" "$first" --json apply --dry-run) ||
    fail "the captured board is tuned differently"
  "${program[@]}" "$first" capture >"$second"
  diff -u <(sed 2d "$first") <(sed 2d "$second") || fail "capturing the captured board gives another board"
}

@test "a captured board is judged like the machine, and captured again it is the same" {
  each() {
    use_board "$board"
    captured
  }
  on_boards each
}

@test "a machine that has been tuned is captured with its state" {
  use_board cm3588
  tune -q apply
  captured
  "$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/first.board" revert >"$BATS_TEST_TMPDIR/out"
  contains "$(cat "$BATS_TEST_TMPDIR/out")" "schedutil"
}

@test "a file that is a directory is captured as one" {
  use_board cm3588
  mkdir -p "$tree/etc/ax650n-tune.conf"
  captured
  contains "$output" '"configuration"'
}

@test "capture writes a new file, whole or not at all" {
  local file=$BATS_TEST_TMPDIR/mine.board
  use_board cm3588
  run_tune 0 capture "$file"
  contains "$output$stderr" "$file"
  diff <(sed 2d "$file") <(tune capture | sed 2d)
  echo kept >"$file"
  run_tune 1 capture "$file"
  contains "$stderr" "cannot write $file: File exists"
  [ "$(cat "$file")" = kept ] || fail "it was replaced"
  run_tune 1 capture "$BATS_TEST_TMPDIR/nowhere/mine.board"
  contains "$stderr" "cannot write $BATS_TEST_TMPDIR/nowhere/mine.board: No such file or directory"
}

@test "a processor without models is named by its family, of which a board holds two lines" {
  use_board x86-72cpu
  printf '%s\t: %s\n' processor 0 vendor_id GenuineIntel 'cpu family' 6 model 85 'model name' 'Xeon' >"$tree/proc/cpuinfo"
  run_tune 1 --json diagnose
  json '.cpus | map([.core, .midr]) | unique' '[["Intel family 6",null]]'
  run_tune 1 diagnose
  contains "$output" "18-71  Intel family 6 "
  [ "$(wc -L <<<"$output")" -le 80 ] || fail "too wide"
  output=$(tune capture)
  [ "$(grep -A 2 '^/proc/cpuinfo' <<<"$output")" = $'/proc/cpuinfo:\n|vendor_id\t: GenuineIntel\n|cpu family\t: 6' ] || fail "cpuinfo"
}

@test "where capacities are alike and there is no clock, models tell slow cores" {
  use_board cm3588
  rm -r "$tree"/sys/devices/system/cpu/cpufreq
  for cpu in "$tree"/sys/devices/system/cpu/cpu[0-7]; do echo 1024 >"$cpu/cpu_capacity"; done
  run_tune 1 --json diagnose
  json '.cpus | map(select(.big) | .cpu)' '[4,5,6,7]' \
    '.findings | map(select(.code == "irq-on-little-core").severity)' '["problem"]'
  run_tune 0 apply
  value /proc/irq/137/smp_affinity 10
}

@test "of cores as fast, one on the node of the card takes the interrupts" {
  use_board x86-72cpu
  mkdir -p "$tree"/sys/devices/system/node/node1
  echo 18-35,54-71 >"$tree/sys/devices/system/node/node1/cpulist"
  echo 1 >"$tree/sys/bus/pci/devices/0000:b3:00.0/numa_node"
  run_tune 0 apply
  value /proc/irq/131/smp_affinity 00,00400000,00000000
  # What was read is enough to choose as well.
  [[ $(tune capture) == *"node1/cpulist = 18-35,54-71"* ]] || fail "the node was not captured"
}

@test "a captured board holds nothing private" {
  local board card part
  use_board cm3588
  card=$tree/sys/devices/platform/fe180000.pcie/pci0003:30/0003:30:00.0/0003:31:00.0
  # Interfaces that udev named after their (invented) addresses.
  sed -i 's/enP4p65s0-0/enx0ea1b2c3d4e5, wlx1ab2c3d4e5f6/' "$tree/proc/interrupts"
  echo wwx2bc3d4e5f607 >"$tree/sys/kernel/irq/137/actions"
  # A serial number in the extended capabilities, and a process of somebody else.
  printf '\x03\x00\x01\x00\xa7\xa8\xa9\xaa\xab\xac\xad\xae' >>"$card/config"
  mkdir "$tree/proc/4711"
  echo payroll >"$tree/proc/4711/comm"
  echo "payroll --secret" >"$tree/proc/4711/cmdline"
  echo SN12345 >"$card/serial_number"
  board=$(tune capture)
  output=$board
  for part in 0ea1b2c3d4e5 1ab2c3d4e5f6 2bc3d4e5f607 "a7 a8 a9" payroll 4711 SN12345; do
    [[ $board != *"$part"* ]] || fail "it holds $part"
  done
  for part in "enx000000000000, wlx000000000000" wwx000000000000; do
    contains "$board" "$part"
  done
}

@test "the running machine is captured, and read back" {
  local file=$BATS_TEST_TMPDIR/mine.board live
  "$BUILD/ax650n-tune" capture >"$file"
  # Only what does not change meanwhile.
  local constant='[.board.model, .board.kernel, (.cpus | map([.cpu, .core, .max_khz])), (.cards | map(.address, .link))]'
  live=$("$BUILD/ax650n-tune" --json diagnose | jq "$constant")
  [ "$("$BUILD/ax650n-tune" --sysroot "$file" --json diagnose | jq "$constant")" = "$live" ]
  [ "$(jq '.[1]' <<<"$live")" != null ]
}

@test "each board is judged here" {
  diff <(names_of_boards) <(grep -oP '^  judge \K[a-z0-9-]+(?= [015])' "$BATS_TEST_FILENAME" | sort -u)
}

@test "bytes that are no UTF-8 are replaced in JSON, kept in the state, and hex in a board" {
  set_governor() { printf '%b\n' "$1" >"$tree$(policy 4)"; }
  use_board cm3588
  printf 'caf\xe9 \xe2\x82\n' >"$tree/proc/device-tree/model"
  set_governor 'sched\xffutil'
  before=$(snapshot)
  run_tune 1 --json diagnose
  json .board.model $'caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd'
  iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null || fail "no UTF-8"
  run_tune 0 --json apply
  json '.operations[] | select(.path | test("policy4")) | .before' $'sched\xef\xbf\xbdutil'
  run_tune 0 status
  tune capture "$BATS_TEST_TMPDIR/raw.board"
  grep -q 'devicetree/base/model: hex$' "$BATS_TEST_TMPDIR/raw.board" || fail "raw"
  grep -q '^/run/ax650n-tune/state.json: hex$' "$BATS_TEST_TMPDIR/raw.board" || fail "raw"
  iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/raw.board" >/dev/null || fail "no UTF-8"
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "not what it was"
}

@test "an interrupt table that a container hides keeps no command from its work" {
  local how
  for how in "rm" "truncate -s 0" "chmod 0"; do
    [ "$how" != "chmod 0" ] || [ "$(id -u)" -ne 0 ] || continue
    use_board cm3588
    $how "$tree/proc/interrupts"
    run_tune 1 --json diagnose
    json '.findings[] | select(.code == "interrupts-hidden") | .severity' warning
    run_tune 0 detect
    run_tune 0 apply
    value /proc/irq/137/smp_affinity 40
    run_tune 0 status
    run_tune 0 --json diagnose
    json '.findings[] | select(.code == "interrupts-hidden") | .advice' "Run ax650n-tune on the host."
    run_tune 0 revert
    value /proc/irq/137/smp_affinity ff
    run_tune 0 capture "$BATS_TEST_TMPDIR/hidden${how%% *}.board"
  done
  use_board cm3588
  run_tune 1 --json diagnose
  json '[.findings[].code | select(. == "interrupts-hidden")]' "[]"
}
