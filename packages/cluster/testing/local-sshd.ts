import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ClusterSpec } from '../src/spec/cluster-spec.ts'
import { enterDebianRoot, type PlacedFile } from './debian-root.ts'

export interface LocalSshd {
  /** For a ClusterSpec whose hosts all have the address 127.0.0.1. */
  readonly ssh: ClusterSpec['ssh']
  /** SIGSTOP to the server and to every session: the kernel still takes connections, nobody answers. */
  freeze(): void
  thaw(): void
  /** Gives it another host key, as a reinstalled or an impersonated host has. */
  changeHostKey(): Promise<void>
  close(): Promise<void>
}

/** A real sshd on loopback, in a Debian root of its own, which lets root in with one key, and nobody else. */
export async function startLocalSshd(): Promise<LocalSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet sshd-'))
  const at = (name: string) => join(folder, name)
  const newKey = (name: string) =>
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)])
  newKey('host')
  newKey('client')
  const port = await freePort()
  await writeFile(at('known_hosts'), `[127.0.0.1]:${port} ${await readFile(at('host.pub'), 'utf8')}`)
  const launch = async () => {
    const placed = async (path: string, content: string | Promise<string>): Promise<PlacedFile> => ({
      path,
      content: await content,
      mode: '0600',
      owner: 'root',
      group: 'root',
    })
    const files = await Promise.all([
      placed('/etc/ssh/sshd_config.d/test.conf', sshdSettings(port)),
      placed('/etc/ssh/test_host_key', readFile(at('host'), 'utf8')),
      placed('/root/.ssh/authorized_keys', readFile(at('client.pub'), 'utf8')),
    ])
    // sshd wants this folder, which its unit makes on a host.
    const start = 'mkdir -m 0755 /run/sshd && exec /usr/sbin/sshd -D -e'
    return await listening(enterDebianRoot(files, at('root'), ['sh', '-c', start]), port)
  }
  let daemon = await launch()
  const signal = (name: NodeJS.Signals) => {
    for (const pid of [...descendants(daemon.pid!), daemon.pid!])
      try {
        process.kill(pid, name)
      } catch {
        // A session that ended meanwhile.
      }
  }
  const end = async () => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return
    const ended = once(daemon, 'exit')
    signal('SIGKILL')
    await ended
  }
  return {
    ssh: {
      user: 'root',
      port,
      identityFile: at('client'),
      knownHostsFile: at('known_hosts'),
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async changeHostKey() {
      await end()
      await rm(at('host'))
      newKey('host')
      daemon = await launch()
    },
    async close() {
      await end()
      await rm(folder, { recursive: true })
    },
  }
}

// The penalties would shut out everybody at 127.0.0.1 after the tests that break connections off.
const sshdSettings = (port: number) => `
Port ${port}
ListenAddress 127.0.0.1
HostKey /etc/ssh/test_host_key
PerSourcePenalties no
`

async function listening(
  words: readonly string[],
  port: number,
): Promise<ChildProcessByStdio<null, null, Readable>> {
  const [program = '', ...args] = words
  const daemon = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  daemon.stderr.on('data', (bytes) => (said += String(bytes)))
  const deadlineMs = performance.now() + 5_000
  while (!(await answers(port))) {
    if (daemon.exitCode !== null || performance.now() > deadlineMs)
      throw new Error(`sshd did not start:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return daemon
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Each session is a child of the server in a process group of its own. */
function descendants(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  const children = stdout.trim().split(/\s+/).filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}
