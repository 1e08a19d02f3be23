import { expect, test } from 'vitest'
import { findCgroupMount } from './cgroup.ts'

const unified = '24 23 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate'

test('version 2 is found where it is alone, and beside version 1', () => {
  expect(findCgroupMount(unified)).toBe('/sys/fs/cgroup')
  expect(
    findCgroupMount(
      [
        '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw',
        '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
        '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
      ].join('\n'),
    ),
  ).toBe('/sys/fs/cgroup/unified')
})

test('one that cannot be written to, as in a container without privileges, is none', () => {
  expect(findCgroupMount(unified.replace(' rw,nosuid', ' ro,nosuid'))).toBeNull()
  expect(findCgroupMount('40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd')).toBeNull()
})
