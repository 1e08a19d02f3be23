import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalSshd, startLocalSshd } from '../../testing/local-sshd.ts'
import { ClusterError } from '../cluster-error.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import { createSingleUseShell } from './single-use-shell.ts'

const host: HostSpec = { name: 'pg-node-1', address: '127.0.0.1', roles: [], memoryMb: 1024, cores: 1 }
const user = 'root'
let sshd: LocalSshd
const open = (change: Partial<ClusterSpec['ssh']> = {}) =>
  createSingleUseShell({ hosts: [host], ssh: { ...sshd.ssh, ...change } } as unknown as ClusterSpec)

beforeAll(async () => {
  sshd = await startLocalSshd()
})
afterAll(() => sshd.close())

test('a command gets its words and its input, and its end is told', async () => {
  const words = ['sh', '-c', 'cat; printf %s "$1"; echo no >&2; exit 3', 'sh', "it's; $HOME"]
  expect(await open().run(host, words, { user, input: 'in ' })).toEqual({
    exitCode: 3,
    stdout: "in it's; $HOME",
    stderr: 'no\n',
  })
})

test('a host that refuses is unreachable in the words of ssh', async () => {
  const error = await open({ port: 1 })
    .run(host, ['true'], { user })
    .catch((found: unknown) => found)
  expect(error).toBeInstanceOf(ClusterError)
  expect(error).toMatchObject({
    code: 'host_unreachable',
    message: expect.stringMatching(/Connection refused/u),
  })
})

test('a command that takes too long is given up', async () => {
  await expect(open().run(host, ['sleep', '60'], { user, timeoutMs: 1_500 })).rejects.toMatchObject({
    code: 'timed_out',
  })
})

test('an abort ends the command', async () => {
  const stop = new AbortController()
  const running = open().run(host, ['sleep', '60'], { user, signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})
