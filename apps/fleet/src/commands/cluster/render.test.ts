import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { referenceOptions, renderClusterYml } from '@fleet/cluster'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runCli } from '../../cli.ts'
import { createPaint } from '../../terminal.ts'
import { commands } from '../index.ts'

vi.setConfig({ testTimeout: 120_000 })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-render-'))
  await writeFile(join(folder, 'cluster.yml'), renderClusterYml(referenceOptions()))
})
afterEach(() => rm(folder, { recursive: true }))

async function render(out: string) {
  const said = { out: '', err: '' }
  const exitCode = await runCli(
    commands,
    ['cluster', 'render', '--file', join(folder, 'cluster.yml'), '--out', out, '--json'],
    {
      env: {},
      terminal: {
        stdin: Readable.from([]),
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        isOutTty: false,
        isErrTty: false,
        columns: 80,
        rows: 24,
        paint: createPaint(false),
      },
      now: Date.now,
      randomBytes,
      stop: new AbortController().signal,
    },
  )
  return { exitCode, ...said }
}

test('cluster render writes every file, makes what is missing of the secrets, and changes nothing the second time', async () => {
  const out = join(folder, 'out')
  const first = await render(out)
  expect(first.exitCode).toBe(0)
  const { written } = JSON.parse(first.out) as { written: string[] }
  expect(written).toContain('haproxy-1/etc/haproxy/haproxy.cfg')
  for (const at of written) expect((await stat(join(out, at))).size).toBeGreaterThan(0)
  const users = await readFile(join(out, 'haproxy-1/etc/haproxy/users.cfg'), 'utf8')
  const [, password] = /insecure-password '(.+)'/.exec(users)!
  expect(await readFile(join(folder, 'cluster.secrets.yml'), 'utf8')).toContain(password)
  expect(first.out).not.toContain(password)
  expect(JSON.parse((await render(out)).out)).toMatchObject({ written: [], removed: [] })
})

test('cluster render refuses the folder of cluster.yml, with what to do', async () => {
  const { exitCode, out, err } = await render(folder)
  expect(exitCode).toBe(1)
  expect(out + err).toContain('has files that no render wrote')
  expect(out + err).toContain('Name a folder that is empty or not there yet.')
})
