import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const main = fileURLToPath(new URL('../../main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'fleet-labs-'))
const env = { ...process.env, FLEET_LAB_HOME: folder }
const name = `tc-${process.pid}`
const deadlineMs = 30_000
// Each test starts the program several times.
vi.setConfig({ testTimeout: 120_000 })

interface Answer {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `fleet lab WORDS`, to its end. */
function fleetLab(...words: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'lab', ...words], {
    env,
    encoding: 'utf8',
  })
  return { exitCode: status, stdout, stderr }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`Not so after ${deadlineMs} ms: ${isSo.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))

/** What a lab may leave on this machine, looked for without what the lab itself remembers. */
function remains(lab: string, netns: string | null): readonly string[] {
  const found: string[] = []
  const ownFolder = join(folder, lab)
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    // One that has ended, and whose parent has not looked yet.
    if (/^State:\tZ/m.test(read(`/proc/${pid}/status`))) continue
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
    const marks = {
      'names it': command.includes(ownFolder) || command.includes(`fleet-lab-${lab}`),
      'is in its cgroup': read(`/proc/${pid}/cgroup`).includes(`/fleet-lab/${lab}/`),
      'is in its network': netns !== null && linkOf(`/proc/${pid}/ns/net`) === netns,
      'sees a mount of it': read(`/proc/${pid}/mountinfo`).includes(ownFolder),
    }
    for (const [mark, isSo] of Object.entries(marks))
      if (isSo) found.push(`process ${pid} ${mark}: ${command}`)
  }
  if (read('/proc/self/mountinfo').includes(lab)) found.push('a mount')
  if (existsSync(`/run/netns/fleet-lab-${lab}`)) found.push('its network')
  if (spawnSync('ip', ['-oneline', 'link'], { encoding: 'utf8' }).stdout.includes(`-${lab}`))
    found.push('a link')
  for (const hierarchy of ['', ...readdirSync('/sys/fs/cgroup')])
    if (existsSync(join('/sys/fs/cgroup', hierarchy, 'fleet-lab', lab)))
      found.push(`a cgroup in ${hierarchy}`)
  if (existsSync(ownFolder)) found.push('its folder')
  const notes = '/run/systemd/nspawn'
  if (existsSync(notes))
    for (const entry of readdirSync(notes, { recursive: true, encoding: 'utf8' }))
      if (entry.includes(`${lab}-`)) found.push(`a note of nspawn: ${entry}`)
  return found
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // A process that ended in this moment.
    return ''
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

const machineProcesses = (lab: string) =>
  readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cgroup`).includes(`/fleet-lab/${lab}/`),
  )

// The image is built by whoever needs it first.
beforeAll(() => {
  const { exitCode, stderr } = fleetLab('image')
  if (exitCode !== 0) throw new Error(stderr)
}, 600_000)

afterAll(() => {
  for (const lab of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const { exitCode, stderr } = fleetLab('down', '--name', lab.name)
    if (exitCode !== 0) throw new Error(`The lab ${lab.name} is left behind: ${stderr}`)
  }
  rmSync(folder, { recursive: true })
}, 60_000)

describe('`up` is killed with -9', () => {
  const moments = {
    'before its network is there': () => true,
    'when its network is there': (lab: string) => existsSync(`/run/netns/fleet-lab-${lab}`),
    'while its machines boot': (lab: string) => machineProcesses(lab).length > 30,
  }
  test.each(Object.entries(moments))('%s: `down` leaves nothing', async (moment, isReached) => {
    const lab = `tk${Object.keys(moments).indexOf(moment)}-${process.pid}`
    const up = spawn(process.execPath, [main, 'lab', 'up', '--no-deploy', '--name', lab], {
      env,
      stdio: 'ignore',
      detached: true,
    })
    const exit = exitOf(up)
    await until(() => existsSync(join(folder, lab, 'lab.json')) && isReached(lab))
    up.kill('SIGKILL')
    await exit
    const netnsFile = `/run/netns/fleet-lab-${lab}`
    const netns = existsSync(netnsFile) ? `net:[${statSync(netnsFile).ino}]` : null
    expect(remains(lab, netns)).not.toEqual([])
    const down = fleetLab('down', '--name', lab)
    expect(down.stderr).toBe('')
    expect(down.stdout).toBe(`The lab "${lab}" is gone.\n`)
    expect(remains(lab, netns)).toEqual([])
    expect(fleetLab('down', '--name', lab).stdout).toBe(`There is no lab "${lab}".\n`)
  })

  test('`status` says so, and `up` makes it anew', async () => {
    const up = spawn(process.execPath, [main, 'lab', 'up', '--no-deploy', '--name', name], {
      env,
      stdio: 'ignore',
      detached: true,
    })
    const exit = exitOf(up)
    await until(() => machineProcesses(name).length > 30)
    up.kill('SIGKILL')
    await exit
    const { stdout } = fleetLab('status', '--name', name)
    expect(stdout).toContain(`fleet lab up --name ${name} makes it anew`)
    const again = fleetLab('up', '--no-deploy', '--name', name, '--json')
    expect(again.stderr).toBe('')
    expect(JSON.parse(again.stdout)).toMatchObject({ name, topology: 'small' })
  })
})

describe('a lab that stands', () => {
  test('is shown with its machines', () => {
    const { stdout, exitCode } = fleetLab('status', '--json')
    expect(exitCode).toBe(0)
    const { labs } = JSON.parse(stdout) as { labs: { name: string; state: string; machines: unknown[] }[] }
    expect(labs.map((lab) => [lab.name, lab.state, lab.machines.length])).toEqual([[name, 'up', 6]])
  })

  test('runs commands on machines, by their namespaces and by ssh', () => {
    expect(fleetLab('exec', 'pg-node-1', '--name', name, '--', 'sh', '-c', 'hostname; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'pg-node-1\n',
      stderr: '',
    })
    expect(fleetLab('ssh', 'pg-node-2', '--name', name, '--', 'hostname')).toMatchObject({
      exitCode: 0,
      stdout: 'pg-node-2\n',
    })
  })

  test('a machine that it does not have is answered with those that it has', () => {
    const { exitCode, stderr } = fleetLab('exec', 'pg-node-9', '--name', name, '--', 'true')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Its machines: pg-node-1, pg-node-2')
  })

  test('a lab that is not there is answered with the command that makes it', () => {
    const { exitCode, stderr } = fleetLab('status', '--name', 'nowhere')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('fleet lab up --name nowhere')
  })

  test('a client finds the cluster by its variables, and down in the lab’s network', () => {
    const script =
      'echo $PG_HOST:$PG_PORT $PG_USER $PG_DATABASE $FLEET_CLUSTER; ip -brief -4 address show br0'
    const { exitCode, stdout } = fleetLab('run', '--name', name, '--', 'sh', '-c', script)
    const [variables, address] = stdout.split('\n')
    expect(variables).toBe(
      `10.0.0.100:5432 fleet_app bike_fleet ${join(folder, name, 'cluster/cluster.yml')}`,
    )
    expect(address).toMatch(/^br0 +UP +10\.0\.0\.1\/24/)
    expect(exitCode).toBe(0)
  })

  test('what a client serves is reached here when its port is published, and not after it ended', async () => {
    const port = await freePort()
    const serve = `
      const server = require('node:http').createServer((request, response) => response.end('from the lab ' + request.url))
      server.listen(${port}, '127.0.0.1')`
    const run = spawn(
      process.execPath,
      [main, 'lab', 'run', '--name', name, '--publish', String(port), '--', process.execPath, '-e', serve],
      { env, stdio: 'ignore' },
    )
    const exit = exitOf(run)
    const answer = () =>
      fetch(`http://127.0.0.1:${port}/x`, { signal: AbortSignal.timeout(1_000) }).then(
        (response) => response.text(),
        () => null,
      )
    await until(async () => (await answer()) === 'from the lab /x')
    run.kill('SIGTERM')
    expect(await exit).toBe(128 + 15)
    expect(await answer()).toBeNull()
  })

  test('a port that is taken here cannot be published', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const { exitCode, stderr } = fleetLab('run', '--name', name, '--publish', String(port), '--', 'true')
    server.close()
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`Port ${port} of this machine is taken.`)
  })

  test('is broken and mended by commands', () => {
    fleetLab('cut', 'pg-node-1', 'pg-node-2', '--one-way', '--name', name)
    expect(fleetLab('status', '--name', name).stdout).toContain(
      'Cut: what pg-node-1 sends to pg-node-2 is dropped.',
    )
    expect(fleetLab('heal', '--name', name).stdout).toBe('Healed: pg-node-1 to pg-node-2.\n')
    expect(fleetLab('power-off', 'haproxy-1', '--silent', '--name', name, '--json').stdout).toBe(
      '{"node":"haproxy-1","wasOn":true}\n',
    )
    expect(fleetLab('exec', 'haproxy-1', '--name', name, '--', 'true').stderr).toContain('haproxy-1 is off.')
    expect(fleetLab('power-on', 'haproxy-1', '--name', name).stdout).toBe('haproxy-1 is on.\n')
  })

  test('is gone after `down`, clients and all', async () => {
    const client = spawn(process.execPath, [main, 'lab', 'run', '--name', name, '--', 'sleep', '1000'], {
      env,
      stdio: 'ignore',
    })
    const exit = exitOf(client)
    await until(() => machineProcesses(name).some((pid) => read(`/proc/${pid}/comm`) === 'sleep\n'))
    const netns = `net:[${statSync(`/run/netns/fleet-lab-${name}`).ino}]`
    expect(fleetLab('down', '--name', name).exitCode).toBe(0)
    expect(await exit).toBe(128 + 9)
    expect(remains(name, netns)).toEqual([])
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
