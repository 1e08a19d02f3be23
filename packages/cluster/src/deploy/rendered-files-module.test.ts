import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runByAnsible, runModule } from '../../testing/ansible-module.ts'
import type { RenderedFile } from '../render/rendered-file.ts'

const root = userInfo().username
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fleet-files-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, 'host', name)
const file = (name: string, content: string, change: Partial<RenderedFile> = {}): RenderedFile => ({
  path: at(name),
  content,
  mode: '0644',
  owner: root,
  group: root,
  secret: false,
  onChange: { do: 'nothing' },
  ...change,
})
const restart = { do: 'restart', unit: 'a.service' } as const
const reload = { do: 'reload', unit: 'a.service' } as const

const parameters = (files: readonly RenderedFile[]) => ({
  payload: gzipSync(JSON.stringify({ cluster: 'test', directories: [], files })).toString('base64'),
  state_directory: join(folder, 'state'),
})
const place = (files: readonly RenderedFile[], check = false) =>
  runModule('rendered_files', parameters(files), { check })
const content = (name: string) => readFileSync(at(name), 'utf8')
const pathsOf = (result: Awaited<ReturnType<typeof place>>) =>
  result.report.changes?.map(({ path, state }) => `${state} ${path.slice(at('').length + 1)}`)

test('files are placed with their mode; a second time nothing changes; one that is not rendered any more goes', async () => {
  const files = [file('etc/a', 'one\n'), file('etc/deep/b', 'geheim\n', { mode: '0600', secret: true })]
  expect(await place(files)).toMatchObject({ outcome: 'changed' })
  expect([content('etc/a'), content('etc/deep/b')]).toEqual(['one\n', 'geheim\n'])
  expect(statSync(at('etc/deep/b')).mode & 0o777).toBe(0o600)

  expect(await place(files)).toMatchObject({ outcome: 'ok', report: { changes: [] } })

  writeFileSync(at('etc/foreign'), 'mine')
  const third = await place([file('etc/a', 'two\n')])
  expect(pathsOf(third)).toEqual(['changed etc/a', 'removed etc/deep/b'])
  expect(content('etc/a')).toBe('two\n')
  expect(readdirSync(at('etc/deep'))).toEqual([])
  expect(content('etc/foreign')).toBe('mine')
  expect(readdirSync(at('etc')).filter((name) => name.startsWith('.fleet-'))).toEqual([])
})

test('check mode shows differences, changes nothing, and never shows a secret', async () => {
  await place([file('a', 'one\n'), file('b', 'oud geheim\n', { secret: true })])
  const shown = await place([file('a', 'two\n'), file('b', 'nieuw geheim\n', { secret: true })], true)
  expect(pathsOf(shown)).toEqual(['changed a', 'changed b'])
  expect(shown.report.changes?.[0]?.diff).toContain('-one\n+two\n')
  expect(JSON.stringify(shown)).not.toContain('geheim')
  expect([content('a'), content('b')]).toEqual(['one\n', 'oud geheim\n'])
})

test('of a file with secret keys the rest is shown, and when nothing else changes, that they do', async () => {
  const secret = ['password']
  const patroni = (password: string, port: number) =>
    file('p', `port: ${port}\nrewind:\n  username: r\n  password: ${password}\n  passwords: 2\n`, { secret })
  await place([patroni('oud-geheim', 1)])
  const both = await place([patroni('nieuw-geheim', 2)], true)
  expect(both.report.changes).toMatchObject([{ state: 'changed', secret: false }])
  expect(both.report.changes?.[0]?.diff).toContain('-port: 1\n+port: 2\n')
  expect(both.report.changes?.[0]?.diff).toContain('   password: ***\n')
  const onlySecret = await place([patroni('nieuw-geheim', 1)], true)
  expect(onlySecret.report.changes?.[0]?.diff).toBe(`${at('p')}: password\n`)
  const removed = await place([], true)
  expect(removed.report.changes?.[0]?.diff).toContain('-  password: ***\n-  passwords: 2\n')
  expect(JSON.stringify([both, onlySecret, removed])).not.toContain('geheim')
})

test.each([
  '#  password: geheim',
  '  superuser: {username: postgres, password: geheim}',
  "'password': geheim",
  '- password = geheim',
])('what a person made of a secret line is hidden too: %s', async (line) => {
  const secret = ['password']
  await place([file('p', 'port: 1\n', { secret })])
  writeFileSync(at('p'), `${line}\npassword_encryption: scram\n`)
  const shown = JSON.stringify(await place([file('p', 'port: 1\n', { secret })], true))
  expect(shown).toContain('password_encryption: scram')
  expect(shown).not.toContain('geheim')
})

test('what was a secret stays one in the old content when the new has none', async () => {
  await place([
    file('p', 'cipher-pass=geheim\nport=1\n', { secret: ['cipher-pass'] }),
    file('k', 'geheim\n', { secret: true }),
  ])
  const shown = await place([file('p', 'port=1\n'), file('k', 'open\n')], true)
  expect(pathsOf(shown)).toEqual(['changed p', 'changed k'])
  expect(shown.report.changes?.[0]?.diff).toContain('-cipher-pass= ***\n')
  expect(JSON.stringify(shown)).not.toContain('geheim')
})

test('a file that was there before us and not for everybody is shown as a secret', async () => {
  mkdirSync(at(''), { recursive: true })
  writeFileSync(at('a'), 'wachtwoord van een ander\n', { mode: 0o600 })
  const shown = await place([file('a', 'ours\n')], true)
  expect(shown.report.changes).toEqual([{ path: at('a'), state: 'changed', secret: true }])
  expect(JSON.stringify(shown)).not.toContain('wachtwoord')
})

test('what a unit has to do is noted, a restart outweighs a reload, and a note stays until it is done', async () => {
  const first = await place([file('a', '1', { onChange: reload }), file('b', '1', { onChange: restart })])
  expect(first.report).toMatchObject({ pending: { 'a.service': 'restart' }, unsettled: ['a.service'] })
  const second = await place([file('a', '2', { onChange: reload }), file('b', '1', { onChange: restart })])
  expect(second.report.pending).toEqual({ 'a.service': 'restart' })
  const third = await place([file('a', '2', { onChange: reload }), file('b', '1', { onChange: restart })])
  expect(third).toMatchObject({ outcome: 'ok', report: { pending: { 'a.service': 'restart' } } })
})

test('a run that ends midway has noted everything before, and the next one completes it', async () => {
  const files = [
    file('a', '1', { onChange: restart }),
    file('blocked/b', '1', { onChange: { do: 'reload', unit: 'b.service' } }),
  ]
  // A file where a folder has to be: the second file cannot be written.
  mkdirSync(at(''), { recursive: true })
  writeFileSync(at('blocked'), '')
  const failed = await place(files)
  expect(failed).toMatchObject({ outcome: 'failed', message: expect.stringContaining('blocked') })
  expect(content('a')).toBe('1')
  expect(readdirSync(join(folder, 'state/pending')).toSorted()).toEqual(['a.service', 'b.service'])

  rmSync(at('blocked'))
  const completed = await place(files)
  expect(pathsOf(completed)).toEqual(['created blocked/b'])
  expect(completed.report.pending).toEqual({ 'a.service': 'restart', 'b.service': 'reload' })
  // All of it is ours by now: taken away when it is rendered no more.
  expect(pathsOf(await place([]))).toEqual(['removed a', 'removed blocked/b'])
})

test('an owner that no package has made yet is named', async () => {
  const failed = await place([file('a', '1', { owner: 'nobody-such' })])
  expect(failed).toMatchObject({ outcome: 'failed', message: expect.stringContaining('nobody-such') })
})

test('Ansible itself runs it, and our plugin tells of it without what it was given', async () => {
  const given = parameters([file('a', 'one\n', { onChange: reload })])
  const events = await runByAnsible('rendered_files', given)
  expect(events.map(({ event }) => event)).toEqual(['play', 'task', 'start', 'result', 'end'])
  expect(events[3]).toMatchObject({
    outcome: 'changed',
    report: {
      changes: [{ path: at('a'), state: 'created', secret: false }],
      pending: { 'a.service': 'reload' },
    },
  })
  expect(JSON.stringify(events)).not.toContain(given.payload)
  expect(content('a')).toBe('one\n')
}, 60_000)
