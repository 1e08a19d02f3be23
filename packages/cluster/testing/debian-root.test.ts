import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { findDebianRoot, withDebianRoot } from './debian-root.ts'

afterEach(() => vi.unstubAllEnvs())

describe('a Debian root', () => {
  test('shows the placed files with owner and mode, and leaves nothing behind', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'fleet-own-tmp-'))
    vi.stubEnv('TMPDIR', temporary)
    const file = {
      path: '/etc/fleet-cluster/try',
      content: 'hello\n',
      mode: '0640',
      owner: 'etcd',
      group: 'haproxy',
    } as const
    const script =
      'stat -c "%U %G %a" /etc/fleet-cluster/try; cat; . /etc/os-release; echo $VERSION_ID; exit 3'
    const result = await withDebianRoot([file], ['sh', '-c', script], { input: 'given\n' })
    expect(result).toEqual({ exitCode: 3, stdout: 'etcd haproxy 640\ngiven\n13\n', stderr: '' })
    expect(existsSync(join(findDebianRoot(), 'etc/fleet-cluster'))).toBe(false)
    expect(readdirSync(temporary)).toEqual([])
    rmSync(temporary, { recursive: true })
  })

  test('ends what runs too long', async () => {
    await expect(withDebianRoot([], ['sh', '-c', 'sleep 600'], { timeoutMs: 500 })).rejects.toThrow(
      'Not done after 500 ms',
    )
  })

  test('refuses an owner that the image does not know', async () => {
    const file = {
      path: '/etc/try',
      content: '',
      mode: '0600',
      owner: 'nobody-knows',
      group: 'root',
    } as const
    await expect(withDebianRoot([file], ['true'])).rejects.toThrow('no user nobody-knows')
  })

  test('names the command that builds the image', () => {
    const empty = mkdtempSync(join(tmpdir(), 'fleet-no-image-'))
    vi.stubEnv('FLEET_LAB_CACHE', empty)
    expect(() => findDebianRoot()).toThrow('npm run fleet -- lab image')
    rmSync(empty, { recursive: true })
  })
})
