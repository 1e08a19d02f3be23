import { expect, test } from 'vitest'
import { withDebianRoot } from '../../../cluster/testing/debian-root.ts'
import { referenceSpec } from '../../../cluster/testing/reference-spec.ts'
import { isolation } from './isolation.ts'

const spec = referenceSpec()
const device = spec.network.interface

/** Two machines with a cable between them: this one, and one that answers. */
const cable = `
  ip link add ${device} type veth peer name other
  unshare --net sleep 30 & other=$!
  until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
  ip link set other netns $other
  ip address add 10.9.0.1/24 dev ${device}; ip link set ${device} up
  nsenter --target $other --net sh -c 'ip address add 10.9.0.2/24 dev other; ip link set other up'
  # What answers to ARP is known by its address.
  ask() {
    ip neighbour flush dev ${device}
    (echo >/dev/udp/10.9.0.2/9) 2>/dev/null
    for try in 1 2 3 4 5 6; do
      ip neighbour show 10.9.0.2 dev ${device} | grep --quiet lladdr && { echo "$1: heard"; return; }
      sleep 0.2
    done
    echo "$1: silent"
  }`

test('a machine that is isolated hears nothing, not even ARP, with its link up, until that is taken back', async () => {
  const script = `${cable}
    ask before
    ${isolation.apply(spec)}
    ask isolated
    cat /sys/class/net/${device}/operstate
    ${isolation.apply(spec)}
    ask twice
    ${isolation.undo}
    ask after
    ${isolation.undo}
    echo again $?; kill $other`
  const { stdout } = await withDebianRoot([], ['bash', '-c', script])
  expect(stdout.trim().split('\n')).toEqual([
    'before: heard',
    'isolated: silent',
    'up',
    'twice: silent',
    'after: heard',
    'again 0',
  ])
})
