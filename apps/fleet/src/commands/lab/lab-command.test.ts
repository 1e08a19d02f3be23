import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@fleet/store/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startCommand, until } from '../../../testing/fleet-command.ts'
import { findRemains, networkOf, programsIn } from '../../../testing/lab-remains.ts'
import { createTestingWorld } from '../../../testing/testing-world.ts'
import { runCli } from '../../cli.ts'
import { commands } from '../index.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-labs-'))
const cache = process.env['FLEET_LAB_CACHE']
const env = { FLEET_LAB_HOME: folder, ...(cache === undefined ? {} : { FLEET_LAB_CACHE: cache }) }
const name = `tc-${process.pid}`
const remains = (lab: string, network: string | null) => findRemains(lab, network, env)
vi.setConfig({ testTimeout: 120_000 })

/** `fleet lab WORDS` in this process, which costs no start of a program. */
async function fleetLab(...words: string[]) {
  const { world, out, err } = createTestingWorld({ env: { ...process.env, ...env } })
  const code = await runCli(commands, ['lab', ...words], world)
  return { code, stdout: out(), stderr: err() }
}

/** The same in a process of its own: to be killed, or to hand its own standard output on. */
const startLab = (...words: string[]) => startCommand(['lab', ...words], env)

// The image is built by whoever needs it first.
beforeAll(async () => {
  const { code, stderr } = await fleetLab('image')
  if (code !== 0) throw new Error(stderr)
}, 600_000)

afterAll(async () => {
  for (const lab of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const { code, stderr } = await fleetLab('down', '--name', lab.name)
    if (code !== 0) throw new Error(`The lab ${lab.name} is left behind: ${stderr}`)
  }
  rmSync(folder, { recursive: true })
}, 60_000)

describe('`up` is killed with -9', () => {
  async function killUp(lab: string, isReached: () => boolean): Promise<void> {
    const up = startLab('up', '--no-deploy', '--name', lab)
    await until(
      'the moment to kill it',
      () => (existsSync(join(folder, lab, 'lab.json')) && isReached() ? true : null),
      60_000,
    )
    up.kill('SIGKILL')
    await up.finished
  }
  const networkIsThere = (lab: string) => networkOf(lab) !== null

  test.each([
    { moment: 'before its network is there', isReached: () => true },
    { moment: 'when its network is there', isReached: networkIsThere },
    { moment: 'while its machines boot', isReached: (lab: string) => programsIn(lab).length > 30 },
  ])('$moment: `status` says so and `down` leaves nothing', async ({ isReached }) => {
    const lab = `tk-${process.pid}`
    await killUp(lab, () => isReached(lab))
    expect((await fleetLab('status', '--name', lab)).stdout).toContain(
      `fleet lab up --name ${lab} makes it anew`,
    )
    const network = networkOf(lab)
    expect(remains(lab, network)).not.toEqual([])
    expect(await fleetLab('down', '--name', lab)).toEqual({
      code: 0,
      stdout: `The lab "${lab}" is gone.\n`,
      stderr: '',
    })
    expect(remains(lab, network)).toEqual([])
    expect((await fleetLab('down', '--name', lab)).stdout).toBe(`There is no lab "${lab}".\n`)
  })

  test('`up` makes it anew', async () => {
    await killUp(name, () => networkIsThere(name))
    const { stdout, stderr } = await fleetLab('up', '--no-deploy', '--name', name, '--json')
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ name, topology: 'small' })
  })
})

describe('a lab that stands', () => {
  test('is shown with its machines', async () => {
    const { stdout, code } = await fleetLab('status', '--json')
    expect(code).toBe(0)
    const { labs } = JSON.parse(stdout) as { labs: { name: string; state: string; machines: unknown[] }[] }
    expect(labs.map((lab) => [lab.name, lab.state, lab.machines.length])).toEqual([[name, 'up', 6]])
  })

  test('runs commands on machines, by their namespaces and by ssh', async () => {
    const exec = ['exec', 'pg-node-1', '--name', name, '--', 'sh', '-c', 'hostname; exit 3']
    expect(await startLab(...exec).finished).toEqual({ code: 3, stdout: 'pg-node-1\n', stderr: '' })
    const ssh = ['ssh', 'pg-node-2', '--name', name, '--', 'hostname']
    expect(await startLab(...ssh).finished).toMatchObject({ code: 0, stdout: 'pg-node-2\n' })
  })

  test('a machine that it does not have is answered with those that it has', async () => {
    const { code, stderr } = await fleetLab('exec', 'pg-node-9', '--name', name, '--', 'true')
    expect(code).toBe(1)
    expect(stderr).toContain('Its machines: pg-node-1, pg-node-2')
  })

  test('a lab that is not there is answered with the command that makes it', async () => {
    const { code, stderr } = await fleetLab('status', '--name', 'nowhere')
    expect(code).toBe(1)
    expect(stderr).toContain('fleet lab up --name nowhere')
  })

  test('a client finds the cluster by its variables, and down in the lab’s network', async () => {
    const script =
      'echo $PG_HOST:$PG_PORT $PG_USER $PG_DATABASE $FLEET_CLUSTER; ip -brief -4 address show br0'
    const { code, stdout } = await startLab('run', '--name', name, '--', 'sh', '-c', script).finished
    const [variables, address] = stdout.split('\n')
    expect(variables).toBe(
      `10.0.0.100:5432 fleet_app bike_fleet ${join(folder, name, 'cluster/cluster.yml')}`,
    )
    expect(address).toMatch(/^br0 +UP +10\.0\.0\.1\/24/)
    expect(code).toBe(0)
  })

  test('what a client serves is reached here when its port is published, and not after it ended', async () => {
    const port = await freePort()
    const serve = `
      const server = require('node:http').createServer((request, response) => response.end('from the lab ' + request.url))
      server.listen(${port}, '127.0.0.1')`
    const command = ['--', process.execPath, '-e', serve]
    const run = startLab('run', '--name', name, '--publish', String(port), ...command)
    const answer = () =>
      fetch(`http://127.0.0.1:${port}/x`, { signal: AbortSignal.timeout(1_000) }).then(
        (response) => response.text(),
        () => null,
      )
    await until('the answer', async () => ((await answer()) === 'from the lab /x' ? true : null), 30_000)
    run.kill('SIGTERM')
    expect((await run.finished).code).toBe(128 + 15)
    expect(await answer()).toBeNull()
  })

  test('a port that is taken here cannot be published', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const { code, stderr } = await fleetLab('run', '--name', name, '--publish', String(port), '--', 'true')
    server.close()
    expect(code).toBe(1)
    expect(stderr).toContain(`Port ${port} of this machine is taken.`)
  })

  test('is broken and mended by commands', async () => {
    await fleetLab('cut', 'pg-node-1', 'pg-node-2', '--one-way', '--name', name)
    expect((await fleetLab('status', '--name', name)).stdout).toContain(
      'Cut: what pg-node-1 sends to pg-node-2 is dropped.',
    )
    expect((await fleetLab('heal', '--name', name)).stdout).toBe('Healed: pg-node-1 to pg-node-2.\n')
    const off = await fleetLab('power-off', 'haproxy-1', '--silent', '--name', name, '--json')
    expect(off.stdout).toBe('{"node":"haproxy-1","wasOn":true}\n')
    const exec = await fleetLab('exec', 'haproxy-1', '--name', name, '--', 'true')
    expect(exec.stderr).toContain('haproxy-1 is off.')
    expect((await fleetLab('power-on', 'haproxy-1', '--name', name)).stdout).toBe('haproxy-1 is on.\n')
  })

  test('is gone after `down`, clients and all', async () => {
    const client = startLab('run', '--name', name, '--', 'tail', '--follow', '/dev/null')
    await until('the client', () => (programsIn(name).includes('tail') ? true : null), 30_000)
    const network = networkOf(name)
    expect((await fleetLab('down', '--name', name)).code).toBe(0)
    expect((await client.finished).code).toBe(128 + 9)
    expect(remains(name, network)).toEqual([])
  })
})
