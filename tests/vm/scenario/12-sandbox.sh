#!/bin/bash
# SPDX-License-Identifier: MIT
# What the service must not be able to do, tried from inside its sandbox; whom the program trusts; and
# drivers that come and go while it works.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

service=ax650n-tune.service
irq=$(irq_of 0000:01:00.0)
mkdir -p /home/user
echo secret > /home/user/file

# The program is replaced, everything else of the unit stays.
cat > /vm/probe <<END
#!/bin/bash
# try NAME COMMAND: says what came of it.
try() { if "\${@:2}" > /dev/null 2>&1; then echo "\$1: possible"; else echo "\$1: refused"; fi; }
write() { echo "\$2" > "\$1"; }
{
  try 'a file in /etc' write /etc/probe x
  try 'a file in /usr' write /usr/probe x
  try 'a file in /var' write /var/lib/probe x
  try 'a file in /run' write /run/probe x
  try 'a file in /root' write /root/probe x
  try 'a parameter of a module' write /sys/module/ax_pcie_host_dev/parameters/hz 50
  try 'a control group' mkdir /sys/fs/cgroup/probe
  try 'a setting of the kernel' write /proc/sys/kernel/panic 1
  try 'reading /home' cat /home/user/file
  try 'a socket of the network' eval 'exec 3<> /dev/tcp/127.0.0.1/9'
  try 'loading a module' modprobe nvme
  try 'a mount' mount -t tmpfs none /mnt
  try 'a reboot' reboot -f
  try 'another clock' date -s @0
  try 'a raw device' head -c 1 /dev/mem
  try 'the affinity of an interrupt' write $(affinity "$irq") 20
  try 'a governor' write $(governor 4) performance
  try 'its own directory' write /run/ax650n-tune/probe x
  echo "capabilities: \$(sed -n 's/^CapEff:\t//p' /proc/self/status)"
} > /run/ax650n-tune/result
END
chmod +x /vm/probe
mkdir -p /run/systemd/system/$service.d
cat > /run/systemd/system/$service.d/probe.conf <<END
[Service]
ExecStart=
ExecStart=/vm/probe
END
systemctl daemon-reload
systemctl start $service
comment < /run/ax650n-tune/result
for what in 'a file in /etc' 'a file in /usr' 'a file in /var' 'a file in /run' 'a file in /root' \
  'a parameter of a module' 'a control group' 'a setting of the kernel' 'reading /home' \
  'a socket of the network' 'loading a module' 'a mount' 'a reboot' 'another clock' 'a raw device'; do
  check "refused: $what" grep -qx "$what: refused" /run/ax650n-tune/result
done
for what in 'the affinity of an interrupt' 'a governor' 'its own directory'; do
  check "possible: $what" grep -qx "$what: possible" /run/ax650n-tune/result
done
check 'its only capability is CAP_SYS_NICE' grep -qx 'capabilities: 0000000000800000' /run/ax650n-tune/result
rm -r /run/systemd/system/$service.d
systemctl daemon-reload
systemctl stop $service

# --- The state file is root's alone -----------------------------------------------------------------

echo ff > "$(affinity "$irq")"
echo schedutil > "$(governor 4)"
before=$(settings)
rm -rf /run/ax650n-tune
tune apply
check_eq 'the directory and the file of the originals are those of root' \
  '755 0 0 644 0 0' "$(stat -c '%a %u %g' /run/ax650n-tune /run/ax650n-tune/state.json | tr '\n' ' ' | sed 's/ $//')"
chmod 0777 /run/ax650n-tune
tune revert
check_eq 'a directory that others can write to is not trusted' 1 "$status"
check_match 'and the remedy is told' 'can be changed by others' "$(said)"
chmod 0755 /run/ax650n-tune
chown 65534 /run/ax650n-tune/state.json
tune revert
check_eq 'a state file of somebody else is not trusted' 1 "$status"
check_match 'and the remedy is told' 'can be changed by others' "$(said)"
chown 0 /run/ax650n-tune/state.json
tune revert
check_eq 'as it was, it is' "0 $before" "$status $(settings)"

# --- The driver is loaded again in the middle ---------------------------------------------------------

for _ in {1..5}; do
  { modprobe -r ax_pcie_host_dev && modprobe ax_pcie_host_dev; } &
  reload=$!
  for _ in {1..4}; do
    tune apply
    [[ $status -le 1 ]] || fail 'apply while the driver is loaded again' <<< "exit status $status"
  done
  wait $reload
done
wait_for has_interrupt 0000:01:00.0
tune apply
check_eq 'apply finds the driver that is there at last' 0 "$status"
tune revert
check_eq 'after reloads of the driver in the middle of apply, revert puts every original back' \
  '0 ff schedutil schedutil' \
  "$status $(< "$(affinity "$(irq_of 0000:01:00.0)")") $(< "$(governor 4)") $(< "$(governor 6)")"
