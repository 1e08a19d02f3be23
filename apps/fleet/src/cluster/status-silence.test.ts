import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClusterStatus } from '@fleet/cluster'
import { referenceSpec } from '@fleet/cluster/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'

const main = new URL('../main.ts', import.meta.url).pathname
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-silence-'))
  for (const words of [['init'], ['render', '--out', join(folder, 'out')]]) {
    const made = fleet([process.execPath, main, 'cluster', ...words])
    if (made.status !== 0) throw new Error(made.stderr)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fleet = (words: readonly string[]) =>
  spawnSync(words[0] ?? '', words.slice(1), { cwd: folder, encoding: 'utf8' })

/** A network in which every address of the cluster is known and none ever answers, as after a power cut. */
function inSilence(command: string): readonly string[] {
  const { hosts, network } = referenceSpec()
  const neighbours = [...hosts.map(({ address }) => address), network.vip].map(
    (address, index) =>
      `ip neighbour add ${address} lladdr 02:00:00:00:01:${String(index + 10)} dev dead nud permanent`,
  )
  const script = [
    'set -e',
    'ip link add dead type veth peer name end',
    'ip link set end up',
    'ip address add 10.0.0.1/24 dev dead',
    'ip link set dead up',
    ...neighbours,
    `exec ${command}`,
  ]
  return ['unshare', '--net', 'bash', '-c', script.join('\n')]
}

it('status does not wait for machines that are silent, and says plainly that all are', () => {
  const command = `${process.execPath} ${main} cluster status`
  const startMs = performance.now()
  fleet(inSilence(`${command} --help`))
  const startUpMs = performance.now() - startMs
  const askedMs = performance.now()
  const { status, stdout, stderr } = fleet(inSilence(`${command} --json`))
  const tookMs = performance.now() - askedMs
  expect(stderr).toBe('')
  expect(status).toBe(2)
  const found = JSON.parse(stdout) as ClusterStatus
  expect(found).toMatchObject({ version: 1, level: 'down', writes: { possible: false, primary: null } })
  for (const { answer } of [...found.members, ...found.etcd.members, ...found.haproxies, ...found.hosts])
    expect(answer).toMatch(/^no answer within [\d.]+ s$/u)
  // 3 s are promised, and measured by \`fleet lab measure\` on a machine with nothing else to do; TCP alone would wait minutes.
  expect(tookMs - startUpMs).toBeLessThan(20_000)
})
