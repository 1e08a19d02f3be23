// `npm test`: all set-up, the checks, then every test. Its last line is `N passed, N failed[, N skipped]`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureDebianPackages, ensureDependencies, ensureWebApp, root, run } from './setup.mjs'

ensureDependencies()
ensureDebianPackages()
ensureWebApp()

const reports = mkdtempSync(join(tmpdir(), 'fleet-test-'))
const count = { passed: 0, failed: 0, skipped: 0 }
const bin = (path) => join(root, 'node_modules', path)

if ((await run([join(root, 'scripts/check.mjs')])) === 0) count.passed += 1
else count.failed += 1

const vitestReport = join(reports, 'vitest.json')
const vitestCode = await run([
  bin('vitest/vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${vitestReport}`,
])
tally(vitestCode, vitestReport, (report) => [
  report.numPassedTests,
  report.numFailedTests,
  report.numPendingTests + report.numTodoTests,
])

const playwrightReport = join(reports, 'playwright.json')
const playwrightCode = await run([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
  cwd: join(root, 'e2e'),
  env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
})
tally(playwrightCode, playwrightReport, ({ stats }) => [
  stats.expected + stats.flaky,
  stats.unexpected,
  stats.skipped,
])

rmSync(reports, { recursive: true, force: true })
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
process.exit(count.failed === 0 ? 0 : 1)

/** A runner that ended badly counts as a failure even when its report names none, or there is no report. */
function tally(exitCode, reportFile, read) {
  let numbers = [0, 0, 0]
  try {
    numbers = read(JSON.parse(readFileSync(reportFile, 'utf8')))
  } catch (error) {
    console.error(`no report from the test runner: ${error.message}`)
    exitCode ||= 1
  }
  const [passed, failed, skippedTests] = numbers
  count.passed += passed
  count.failed += exitCode !== 0 ? Math.max(1, failed) : failed
  count.skipped += skippedTests
}
