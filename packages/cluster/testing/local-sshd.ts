import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { ClusterSpec } from '../src/spec/cluster-spec.ts'

export interface LocalSshd {
  /** For a ClusterSpec whose hosts all have the address 127.0.0.1. */
  readonly ssh: ClusterSpec['ssh']
  /** As `freeze` but for good: every process of it is killed. */
  kill(): void
  /** SIGSTOP to the server and to every session: the kernel still takes connections, nobody answers. */
  freeze(): void
  thaw(): void
  /** Gives it another host key, as a reinstalled or an impersonated host has. */
  changeHostKey(): Promise<void>
  close(): Promise<void>
}

const program = '/usr/sbin/sshd'

/** A real sshd on loopback with keys of its own, which lets the user of this process in, and nobody else. */
export async function startLocalSshd(): Promise<LocalSshd> {
  if (!existsSync(program))
    throw new Error(
      'sshd is not installed: run, as root, apt-get install -y --no-install-recommends openssh-server',
    )
  const folder = await mkdtemp(join(tmpdir(), 'fleet sshd-'))
  const at = (name: string) => join(folder, name)
  const newKey = (name: string) =>
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)])
  newKey('host')
  newKey('client')
  await copyFile(at('client.pub'), at('authorized_keys'))
  const port = await freePort()
  await writeFile(at('known_hosts'), `[127.0.0.1]:${port} ${await readFile(at('host.pub'), 'utf8')}`)
  await writeFile(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey "${at('host')}"`,
      `AuthorizedKeysFile "${at('authorized_keys')}"`,
      'PidFile none',
      'UsePAM no',
      'PasswordAuthentication no',
      // The folder of the keys is in /tmp, which everybody may write to.
      'StrictModes no',
    ].join('\n'),
  )
  // sshd started by root wants this one folder, made by its package's unit at boot.
  if (process.getuid?.() === 0) {
    await mkdir('/run/sshd', { recursive: true })
    await chmod('/run/sshd', 0o755)
  }
  let daemon = await launch(at('sshd_config'), port)
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
      user: userInfo().username,
      port,
      identityFile: at('client'),
      knownHostsFile: at('known_hosts'),
    },
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async changeHostKey() {
      await end()
      await rm(at('host'))
      newKey('host')
      daemon = await launch(at('sshd_config'), port)
    },
    async close() {
      await end()
      await rm(folder, { recursive: true })
    },
  }
}

async function launch(config: string, port: number): Promise<ChildProcessByStdio<null, null, Readable>> {
  const daemon = spawn(program, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
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
