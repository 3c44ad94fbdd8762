#!/bin/sh
# Runs a command on a machine of its own, in the network, mount and process namespaces of this process: what it mounts, and what it sets up
# of addresses, routes and packet filters, ends with it, and nothing of the machine's own is visible or changed.
#
#   node0   this machine, a node: 10.89.0.2
#   world   a network namespace beyond it, for what is outside of a cluster: 10.89.0.1, 203.0.113.10 and the metadata address
#
# $1 is the folder of the run; the rest is the command.
set -eu
folder=$1
shift

# Programs keep sockets and state here, by fixed names.
for place in /run /var/log /var/lib/cni; do mkdir -p "$place" && mount -t tmpfs tmpfs "$place"; done
mkdir -p /run/netns /run/lock

# A kubelet sets these for the whole kernel where they differ. It reads what it wants here, and the kernel keeps what it has.
pretend () {
  if [ -e "/proc/sys/$1" ]; then
    mkdir -p "/run/sysctl/$(dirname "$1")"
    echo "$2" > "/run/sysctl/$1"
    mount --bind "/run/sysctl/$1" "/proc/sys/$1"
  fi
}
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000

ip link set lo up
ip netns add world
ip link add node0 type veth peer name world0 netns world
ip addr add 10.89.0.2/24 dev node0
ip link set node0 up
ip route add default via 10.89.0.1
ip -n world link set lo up
ip -n world addr add 10.89.0.1/24 dev world0
ip -n world addr add 203.0.113.10/32 dev world0
ip -n world addr add 169.254.169.254/32 dev world0
ip -n world link set world0 up
ip -n world route add 10.96.0.0/12 via 10.89.0.2
ip -n world route add 10.244.0.0/16 via 10.89.0.2
echo 1 > /proc/sys/net/ipv4/ip_forward

# Programs of the node find Services by their names; pods get their own file from the kubelet.
printf 'nameserver 10.96.0.10\nsearch svc.cluster.local cluster.local\noptions ndots:5 timeout:1\n' > "$folder/resolv.conf"
mount --bind "$folder/resolv.conf" /etc/resolv.conf

# Not exec: as the first process, this shell also waits for orphans.
"$@"
