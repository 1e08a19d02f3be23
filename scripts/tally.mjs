// Adds up what test runners report, for the last line `N passed, N failed[, N skipped]`.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './setup.mjs'

const bin = (path) => join(root, 'node_modules', path)

export function createTally() {
  const reports = mkdtempSync(join(tmpdir(), 'fleet-test-'))
  // Where the tests put their own folders: a test that is killed cannot tidy up after itself.
  const scratch = join(reports, 'tmp')
  mkdirSync(scratch)
  // PostgreSQL's tests run it as another user.
  chmodSync(reports, 0o711)
  chmodSync(scratch, 0o1777)
  const env = { ...process.env, TMPDIR: scratch }
  const count = { passed: 0, failed: 0, skipped: 0 }

  /** A runner that ended badly counts as a failure even when its report names none, or there is no report. */
  const add = (exitCode, reportFile, read) => {
    let numbers = [0, 0, 0]
    try {
      numbers = read(JSON.parse(readFileSync(reportFile, 'utf8')))
    } catch (error) {
      console.error(`no report from the test runner: ${error.message}`)
      exitCode ||= 1
    }
    const [passed, failed, skipped] = numbers
    count.passed += passed
    count.failed += exitCode !== 0 ? Math.max(1, failed) : failed
    count.skipped += skipped
  }

  return {
    /** One script of ours that passes or fails as a whole. */
    async script(words) {
      if ((await run(words)) === 0) count.passed += 1
      else count.failed += 1
    },
    async vitest(name, words = []) {
      const report = join(reports, `${name}.json`)
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      const code = await run([bin('vitest/vitest.mjs'), 'run', ...reporters, ...words], { env })
      add(code, report, (found) => [
        found.numPassedTests,
        found.numFailedTests,
        found.numPendingTests + found.numTodoTests,
      ])
    },
    async playwright() {
      const report = join(reports, 'playwright.json')
      const code = await run([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
        cwd: join(root, 'e2e'),
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      })
      add(code, report, ({ stats }) => [stats.expected + stats.flaky, stats.unexpected, stats.skipped])
    },
    /** Prints the last line and ends the program. */
    end() {
      // Not after a failure: a lab that still runs is taken down by what its folder says.
      if (count.failed === 0) rmSync(reports, { recursive: true, force: true })
      else console.log(`What the tests left behind is in ${scratch}.`)
      const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
      process.exit(count.failed === 0 ? 0 : 1)
    },
  }
}
