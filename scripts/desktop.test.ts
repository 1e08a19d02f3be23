import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'fleet-toolchain-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs `npm run desktop`, or another script, on a machine that has these programs and no others. */
function runWith(programs: Readonly<Record<string, string>>, script = 'desktop.mjs') {
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const done = spawnSync(process.execPath, [join(import.meta.dirname, script)], {
    env: { PATH: folder },
    encoding: 'utf8',
  })
  return { code: done.status, said: done.stderr, printed: done.stdout }
}

test('without any of it, `npm run desktop` names all that it needs and how to get it', () => {
  const { code, said } = runWith({})
  expect(code).toBe(1)
  expect(said).toContain('needs Rust 1.85.0 or newer, a C compiler, WebKitGTK 4.1 with its headers.')
  expect(said).toContain(
    'apt-get install -y --no-install-recommends build-essential pkg-config libwebkit2gtk-4.1-dev\n',
  )
  expect(said).toContain('https://sh.rustup.rs')
})

test('a Rust that is too old is as good as none, and what is there is not asked for', () => {
  const { code, said } = runWith({ cargo: 'echo cargo 1.63.0', cc: '', 'pkg-config': 'exit 0' })
  expect(code).toBe(1)
  expect(said).toContain('The desktop app needs Rust 1.85.0 or newer.')
  expect(said).not.toContain('apt-get')
})

test('where Debian packages cannot be had, `npm run test:desktop` is skipped, with one line that names them', () => {
  const programs = { sh: 'exec /bin/sh "$@"', 'apt-get': 'exit 100', cargo: 'echo cargo 1.90.0' }
  const { code, printed } = runWith(programs, 'desktop-test.mjs')
  expect(printed.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^skipped the desktop app: .*xvfb.* could not be installed \(as root: apt-get update && apt-get install .*\)$/,
    ),
    '0 passed, 0 failed, 1 skipped',
  ])
  expect(code).toBe(0)
})
