import { expect, test } from 'vitest'
import { parseLinks } from './lab-network.ts'
import { proportionalBytes } from './lab-status.ts'
import { isInit, missingCapabilities } from './machine.ts'

test('init of a machine has number 1 in its own namespace and another one here', () => {
  expect(isInit('Name:\tsystemd\nNSpid:\t4711\t1\nNSpgid:\t4711\t1\n')).toBe(true)
  expect(isInit('Name:\tsshd\nNSpid:\t4733\t21\n')).toBe(false)
  // Of a container in the machine: the number there is the second of three.
  expect(isInit('Name:\tsh\nNSpid:\t4740\t1\t7\n')).toBe(false)
  expect(isInit('Name:\tnspawn\nNSpid:\t1111\n')).toBe(false)
  expect(isInit('')).toBe(false)
})

test('commands on a machine may do what its own root may, and no more', () => {
  // All but setting the clock, which is bit 25.
  const all = (1n << 64n) - 1n
  const bounding = (all & ~(1n << 25n)).toString(16)
  expect(missingCapabilities(`CapEff:\t0000000000000000\nCapBnd:\t${bounding}\n`)).toEqual(['-cap_25'])
  expect(missingCapabilities('')).toContain('-cap_0')
})

test('ports of the bridge have names before the @ of their other end', () => {
  const text = [
    '3: vb-lab-pg-node-1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP',
    '14: dummy0: <BROADCAST,NOARP> mtu 1500 qdisc noop master br0 state DOWN',
    '',
  ].join('\n')
  expect(parseLinks(text)).toEqual([
    { index: 3, name: 'vb-lab-pg-node-1' },
    { index: 14, name: 'dummy0' },
  ])
})

test('memory is what a process would free if it ended', () => {
  expect(
    proportionalBytes('Rss:                9000 kB\nPss:                2048 kB\nPss_Dirty:   12 kB\n'),
  ).toBe(2_097_152)
  expect(proportionalBytes('')).toBe(0)
})
