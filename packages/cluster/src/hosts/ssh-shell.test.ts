import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { failure } from '../../testing/cluster-failure.ts'
import { type LocalSshd, startLocalSshd } from '../../testing/local-sshd.ts'
import { createClusterHome } from '../home.ts'
import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import type { HostShell } from './host-shell.ts'
import { quoteWord, remoteCommandLine } from './ssh-command.ts'
import { openSshShell } from './ssh-shell.ts'

const host: HostSpec = { name: 'pg-node-1', address: '127.0.0.1', roles: [], memoryMb: 1024, cores: 1 }
const me = 'root'
const home = createClusterHome('/srv/fleet/cluster.yml')

let sshd: LocalSshd
let shell: HostShell
const opened: HostShell[] = []
const open = (change: Partial<ClusterSpec['ssh']> = {}): HostShell => {
  // The shell reads these parts of the spec only.
  const spec = { hosts: [host], ssh: { ...sshd.ssh, ...change } } as unknown as ClusterSpec
  const fresh = openSshShell(spec, home)
  opened.push(fresh)
  return fresh
}

beforeAll(async () => {
  sshd = await startLocalSshd()
  shell = openSshShell({ hosts: [host], ssh: sshd.ssh } as unknown as ClusterSpec, home)
})
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())))
afterAll(async () => {
  await shell.close()
  await sshd.close()
})

const hostileWords = [
  '',
  ' ',
  "it's",
  '$(id)',
  '`id`',
  '"',
  '\\',
  '*',
  '~',
  ';exit 3',
  'a\nb',
  '--',
  '-n',
  '!',
  '€ é',
  '#',
]

test('words reach the command as they are', async () => {
  const { stdout } = await shell.run(host, ['printf', '%s\\0', ...hostileWords], { user: me })
  expect(stdout.split('\0').slice(0, -1)).toEqual(hostileWords)
})

test('any word reaches the command as it is', async () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 100 }), async (words) => {
      const { stdout } = await shell.run(host, ['printf', '%s\\0', ...words], { user: me })
      expect(stdout.split('\0').slice(0, -1)).toEqual(words)
    }),
    { numRuns: 8 },
  )
}, 60_000)

test('a NUL character is refused, because no argument can hold it', () => {
  expect(() => quoteWord('a\0b')).toThrow(RangeError)
})

test('input reaches standard input, and without it there is nothing to read', async () => {
  const secret = 'pässword\n'.repeat(20_000)
  expect(await shell.run(host, ['cat'], { user: me, input: secret })).toEqual({
    exitCode: 0,
    stdout: secret,
    stderr: '',
  })
  expect((await shell.run(host, ['cat'], { user: me })).stdout).toBe('')
})

test('a command that does not read its input tells by its own exit code', async () => {
  const { exitCode } = await shell.run(host, ['sh', '-c', 'exit 7'], {
    user: me,
    input: 'x'.repeat(1_000_000),
  })
  expect(exitCode).toBe(7)
})

test.each([0, 1, 124, 254, 255])("exit code %i is the command's", async (code) => {
  const command = ['sh', '-c', `echo out; echo err >&2; exit ${code}`]
  expect(await shell.run(host, command, { user: me })).toEqual({
    exitCode: code,
    stdout: 'out\n',
    stderr: 'err\n',
  })
})

test('a command runs as the user that is asked for', async () => {
  expect((await shell.run(host, ['id', '-un'], { user: 'nobody' })).stdout).toBe('nobody\n')
})

test('another user is reached by runuser from root, by sudo from anybody else', () => {
  const line = (sshUser: string, user: string) =>
    remoteCommandLine(['psql', '-c', 'select 1'], { sshUser, user, limitS: 35 })
  const start = 'cd / && exec timeout --kill-after=5 35'
  expect(line('root', 'root')).toBe(`${start} psql -c 'select 1'`)
  expect(line('root', 'postgres')).toBe(`${start} runuser -u postgres -- psql -c 'select 1'`)
  expect(line('ops', 'postgres')).toBe(`${start} sudo -n -H -u postgres -- psql -c 'select 1'`)
  expect(line('ops', 'root')).toBe(`${start} sudo -n -H -u root -- psql -c 'select 1'`)
  expect(line('ops', 'ops')).toBe(`${start} psql -c 'select 1'`)
})

test('output comes while the command runs, which ends on the host when it is given up here', async () => {
  const stop = new AbortController()
  let seen = ''
  const script = 'echo $$; while sleep 0.02; do echo tick || exit; done'
  const running = shell.run(host, ['sh', '-c', script], {
    user: me,
    timeoutMs: Number.POSITIVE_INFINITY,
    signal: stop.signal,
    onOutput: (text) => {
      seen += text
      if (seen.includes('tick')) stop.abort(new Error('seen enough'))
    },
  })
  await expect(running).rejects.toThrow('seen enough')
  const pid = seen.split('\n')[0]!
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false)
})

test('a command that was stopped before it began is not run', async () => {
  await expect(shell.run(host, ['true'], { user: me, signal: AbortSignal.abort() })).rejects.toThrow('abort')
})

test('many commands share one connection', async () => {
  const fresh = open()
  const peers = await Promise.all(
    Array.from({ length: 8 }, () => fresh.run(host, ['sh', '-c', 'echo $SSH_CONNECTION'], { user: me })),
  )
  expect(new Set(peers.map(({ stdout }) => stdout)).size).toBe(1)
  expect(peers.map(({ stderr }) => stderr).join('')).toBe('')
})

test('a command past its deadline is given up, and the connection still serves others', async () => {
  const error = await failure(shell.run(host, ['sleep', '600'], { user: me, timeoutMs: 300 }))
  expect(error.code).toBe('timed_out')
  expect(error.message).toBe('sleep on pg-node-1 (127.0.0.1) was not done in 300 ms.')
  expect((await shell.run(host, ['echo', 'here'], { user: me })).stdout).toBe('here\n')
})

test('a host that freezes under a command is noticed', async () => {
  const own = await startLocalSshd()
  try {
    const fresh = open(own.ssh)
    await fresh.run(host, ['true'], { user: me })
    own.freeze()
    const late = failure(fresh.run(host, ['true'], { user: me, timeoutMs: 500 }))
    const dead = failure(fresh.run(host, ['true'], { user: me, timeoutMs: 60_000 }))
    expect((await late).code).toBe('timed_out')
    const { code, message } = await dead
    expect({ code, message }).toMatchObject({
      code: 'host_unreachable',
      message: expect.stringContaining('pg-node-1 (127.0.0.1) does not answer ssh: '),
    })
    own.thaw()
    expect((await fresh.run(host, ['echo', 'back'], { user: me })).stdout).toBe('back\n')
  } finally {
    own.thaw()
    await own.close()
  }
}, 60_000)

test('a host that is frozen when ssh connects is unreachable in the time that was given', async () => {
  const own = await startLocalSshd()
  try {
    own.freeze()
    const startMs = performance.now()
    const [short, long] = await Promise.all([
      failure(open(own.ssh).run(host, ['true'], { user: me, timeoutMs: 400 })),
      failure(open(own.ssh).run(host, ['true'], { user: me, timeoutMs: 60_000 })),
    ])
    expect(short.code).toBe('host_unreachable')
    expect(short.message).toContain('no connection in 400 ms')
    expect(long.code).toBe('host_unreachable')
    expect(long.message).toContain('banner exchange')
    expect(performance.now() - startMs).toBeLessThan(40_000)
  } finally {
    await own.close()
  }
})

test("a host that is away is unreachable in ssh's own words", async () => {
  const own = await startLocalSshd()
  await own.close()
  const error = await failure(open(own.ssh).run(host, ['true'], { user: me }))
  expect(error.code).toBe('host_unreachable')
  expect(error.message).toMatch(/^pg-node-1 \(127\.0\.0\.1\) does not answer ssh: .*Connection refused$/)
  expect(error.fix).toContain('/srv/fleet/cluster.yml')
})

test('a host whose key is not known is refused', async () => {
  const error = await failure(open({ knownHostsFile: '/dev/null' }).run(host, ['true'], { user: me }))
  expect(error.code).toBe('host_unreachable')
  expect(error.message).toContain('Host key verification failed')
  expect(error.fix).toContain('ssh-keyscan')
})

test('a host whose key has changed is refused', async () => {
  const own = await startLocalSshd()
  try {
    expect((await open(own.ssh).run(host, ['true'], { user: me })).exitCode).toBe(0)
    await own.changeHostKey()
    const error = await failure(open(own.ssh).run(host, ['true'], { user: me }))
    expect(error.message).toContain('HOST IDENTIFICATION HAS CHANGED')
  } finally {
    await own.close()
  }
})

test('a closed shell leaves no socket and no connection behind', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'fleet-own-tmp-'))
  vi.stubEnv('TMPDIR', temporary)
  try {
    const fresh = open()
    await fresh.run(host, ['true'], { user: me })
    const [folder] = readdirSync(temporary)
    expect(readdirSync(join(temporary, folder!))).toEqual(['127.0.0.1'])
    await fresh.close()
    expect(readdirSync(temporary)).toEqual([])
  } finally {
    vi.unstubAllEnvs()
    rmSync(temporary, { recursive: true })
  }
})

test('a temporary folder too deep for a socket is not used', async () => {
  vi.stubEnv('TMPDIR', `/tmp/${'deep/'.repeat(20)}`)
  try {
    expect((await open().run(host, ['echo', 'here'], { user: me })).stdout).toBe('here\n')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a program that ends at once, as at the second Ctrl-C, leaves no folder behind', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'fleet-own-tmp-'))
  const program = `
    import { readdirSync } from 'node:fs'
    import { openSocketFolder } from ${JSON.stringify(new URL('./socket-folder.ts', import.meta.url).href)}
    await openSocketFolder('fleet-ssh')
    console.log(readdirSync(process.env.TMPDIR).length)
    process.exit(130)`
  try {
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TMPDIR: temporary },
      encoding: 'utf8',
    })
    expect(ended).toMatchObject({ status: 130, stdout: '1\n' })
    expect(readdirSync(temporary)).toEqual([])
  } finally {
    rmSync(temporary, { recursive: true })
  }
})

test('closing waits for no connection that is still being made', async () => {
  // Takes the connection and says nothing, as a frozen host does.
  const frozen = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = frozen.address() as AddressInfo
    const fresh = open({ port })
    const error = await failure(fresh.run(host, ['true'], { user: me, timeoutMs: 200 }))
    expect(error.code).toBe('host_unreachable')
    const startMs = performance.now()
    await fresh.close()
    expect(performance.now() - startMs).toBeLessThan(2_500)
  } finally {
    await new Promise((resolve) => frozen.close(resolve))
  }
})
