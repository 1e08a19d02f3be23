import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { readLaunch } from './launch.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-launch-'))
afterAll(() => rmSync(folder, { recursive: true }))
const token = 'ab'.repeat(32)
const launch = {
  token,
  build: 'sqlite',
  logFile: '/var/log/server.log',
  versions: { program: '1.0.0', tauri: '2.0.0', webView: '2.48.0' },
} as const

/** `fleet serve --launched` as the desktop app starts it; resolves when it is ready. */
async function startLaunched(name: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../main.ts'), 'serve', '--json', '--launched'],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        ...process.env,
        FLEET_DB: join(folder, `${name}.db`),
        FLEET_PORT: '0',
        FLEET_OSMAND_PORT: 'off',
        FLEET_HOST: '0.0.0.0',
        FLEET_SEED: 'none',
      },
    },
  )
  const closed = once(child, 'close')
  child.stdin.write(`${JSON.stringify({ launch })}\n`)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, closed, url: (JSON.parse(line) as { url: string }).url }
}

test('listens on loopback only, opens for the token, and ends in good order when standard input ends', async () => {
  const { child, closed, url } = await startLaunched('ends')
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(403)
  expect((await fetch(`${url}/launch/${token}`, { redirect: 'manual' })).status).toBe(303)
  child.stdin.end()
  await closed
  expect([child.exitCode, child.signalCode]).toEqual([0, null])
})

test('ends by a signal too, while standard input stays open', async () => {
  const { child, closed } = await startLaunched('signal')
  child.kill('SIGTERM')
  await closed
  expect([child.exitCode, child.signalCode]).toEqual([0, null])
})

/** The channel with both ends in this hand: what the server says, and what it is told. */
async function openChannel() {
  const stdin = new PassThrough()
  const said: Record<string, unknown>[] = []
  stdin.write(`${JSON.stringify({ launch })}\n`)
  const opened = await readLaunch(stdin, (text) => {
    expect(text.endsWith('\n')).toBe(true)
    said.push(JSON.parse(text) as Record<string, unknown>)
  })
  return { ...opened, stdin, said, tell: (line: unknown) => stdin.write(`${JSON.stringify(line)}\n`) }
}

test('asks the app by lines of JSON', async () => {
  const { shell, said } = await openChannel()
  expect([shell.build, shell.versions]).toEqual([launch.build, launch.versions])
  shell.notify({ title: 'Lek', body: 'AMS-0007\nAmstel', path: '/issues?open=7' })
  shell.showState({ text: '12 onderweg', urgent: true })
  shell.showMenu([{ text: 'Bestand', items: [{ kind: 'do', text: 'Stoppen', key: 'Ctrl+Q', does: 'quit' }] }])
  expect(said).toEqual([
    { event: 'notify', title: 'Lek', body: 'AMS-0007\nAmstel', path: '/issues?open=7' },
    { event: 'show-state', text: '12 onderweg', urgent: true },
    {
      event: 'show-menu',
      menu: [{ text: 'Bestand', items: [{ kind: 'do', text: 'Stoppen', key: 'Ctrl+Q', does: 'quit' }] }],
    },
  ])
})

test('gives each question its own answer, in whichever order they come', async () => {
  const { shell, said, tell } = await openChannel()
  const answers = [shell.readPassword(), shell.keepPassword('geheim'), shell.keepPassword(null)]
  expect(said).toEqual([
    { event: 'read-password', id: 1 },
    { event: 'keep-password', id: 2, password: 'geheim' },
    { event: 'keep-password', id: 3, password: null },
  ])
  tell({ answer: 3, value: true })
  tell({ answer: 2, value: false })
  tell({ answer: 1, value: 'geheim' })
  expect(await Promise.all(answers)).toEqual(['geheim', false, true])
})

test('passes over lines that are no answer, and answers to what nobody asked', async () => {
  const { shell, stdin, tell } = await openChannel()
  const password = shell.readPassword()
  stdin.write('\nno json\n{"answer":')
  stdin.write('"1"}\n[]\nnull\n')
  tell({ answer: 7, value: 'of another' })
  tell({ answer: 1, value: { not: 'an answer' } })
  tell({ answer: 1, value: 'geheim' })
  tell({ answer: 1, value: 'twice' })
  expect(await password).toBe('geheim')
})

test('an app that is gone has no keyring', async () => {
  const { shell, stdin, parentGone } = await openChannel()
  const [before, kept] = [shell.readPassword(), shell.keepPassword('geheim')]
  stdin.end()
  expect([await before, await kept]).toEqual([null, false])
  expect(parentGone.aborted).toBe(true)
  expect([await shell.readPassword(), await shell.keepPassword(null)]).toEqual([null, false])
})

const launchLine = (part: object) => `${JSON.stringify({ launch: { ...launch, ...part } })}\n`
test.each([
  '',
  `${token}\n`,
  '{"launch":{}}\n',
  launchLine({ token: token.toUpperCase() }),
  launchLine({ token: 'ab' }),
  launchLine({ build: 'both' }),
])('%j does not say who started the server', async (input) => {
  const stdin = new PassThrough()
  stdin.end(input)
  await expect(readLaunch(stdin, () => {})).rejects.toMatchObject({ code: 'usage' })
})
