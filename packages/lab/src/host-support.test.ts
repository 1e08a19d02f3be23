import { expect, test } from 'vitest'
import { findMissingSupport, type LabHost } from './host-support.ts'

const able: LabHost = {
  platform: 'linux',
  isRoot: true,
  hasProgram: () => true,
  mountInfo: '35 25 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate',
  filesystems: 'nodev\tsysfs\nnodev\toverlay\n\text4\n',
}

test('a Debian machine with all programs can hold a lab', () => {
  expect(findMissingSupport(able)).toEqual([])
})

test('without root it says so, and what to do', () => {
  expect(findMissingSupport({ ...able, isRoot: false })).toEqual([
    {
      message: 'A lab needs root: it makes network namespaces, mounts and machines.',
      fix: 'Run the command as root, with sudo for one.',
    },
  ])
})

test('missing programs are named with the exact command that installs them, each package once', () => {
  const missing = new Set(['systemd-nspawn', 'ssh', 'ssh-keygen'])
  const [problem] = findMissingSupport({ ...able, hasProgram: (name) => !missing.has(name) })
  expect(problem?.message).toBe('A lab needs systemd-nspawn, ssh, ssh-keygen.')
  expect(problem?.fix).toBe(
    'As root: apt-get update && apt-get install -y --no-install-recommends openssh-client systemd-container',
  )
})

test('everything that is missing is said at once', () => {
  const poor = { ...able, isRoot: false, hasProgram: () => false, mountInfo: '', filesystems: '\text4\n' }
  expect(findMissingSupport(poor)).toHaveLength(4)
})

test('another system is told that it is another, and nothing about packages', () => {
  const problems = findMissingSupport({ ...able, platform: 'darwin', hasProgram: () => false })
  expect(problems.map(({ message }) => message)).toEqual(['A lab needs Linux; this is darwin.'])
})
