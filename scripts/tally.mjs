// Adds up what test runners report, for the last line `N passed, N failed[, N skipped]`.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root, run } from './setup.mjs'

const bin = (path) => join(root, 'node_modules', path)

const failedTests = (file) => file.assertionResults.filter(({ status }) => status === 'failed')

/** The first words of why a test failed, without colours, on one line. */
const why = (message = '') => stripVTControlCharacters(message).replaceAll(/\s+/g, ' ').slice(0, 600)

/** A file that could not even be loaded has no tests to name. */
const namesOfVitest = ({ testResults }) =>
  testResults
    .filter(({ status }) => status === 'failed')
    .flatMap((file) => {
      const name = relative(root, file.name)
      const tests = failedTests(file)
      return tests.length > 0
        ? tests.map(({ fullName, failureMessages }) => `${name}: ${fullName}: ${why(failureMessages[0])}`)
        : [`${name}: ${why(file.message)}`]
    })

const namesOfPlaywright = (folder, { suites = [], specs = [] }) => [
  ...specs
    .filter(({ ok }) => !ok)
    .map(({ file, line, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      return `${folder}/${file}:${line}: ${title}: ${why(errors[0]?.message)}`
    }),
  ...suites.flatMap((suite) => namesOfPlaywright(folder, suite)),
]

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
  /** What failed, named once more above the last line: the output itself is thousands of lines long. */
  const failures = []

  /** A runner that ended badly counts as a failure even when its report names none, or there is no report. */
  const add = (exitCode, reportFile, read) => {
    let numbers = [0, 0, 0, []]
    try {
      numbers = read(JSON.parse(readFileSync(reportFile, 'utf8')))
    } catch (error) {
      console.error(`no report from the test runner: ${error.message}`)
      exitCode ||= 1
    }
    const [passed, failed, skipped, names] = numbers
    failures.push(...names)
    count.passed += passed
    count.failed += exitCode !== 0 ? Math.max(1, failed) : failed
    count.skipped += skipped
  }

  return {
    /** One script of ours that passes or fails as a whole. */
    async script(words) {
      if ((await run(words)) === 0) count.passed += 1
      else {
        count.failed += 1
        failures.push(relative(root, words[0]))
      }
    },
    /** Something that holds or does not. */
    verdict(name, holds) {
      if (holds) count.passed += 1
      else {
        count.failed += 1
        failures.push(name)
      }
    },
    /** What `cargo test` printed, and its exit code. */
    cargo(name, { code, stdout }) {
      const all = [...stdout.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)]
      const sum = (index) => all.reduce((total, found) => total + Number(found[index]), 0)
      const named = [...stdout.matchAll(/^test (\S+) \.\.\. FAILED$/gm)].map(([, test]) => `${name}: ${test}`)
      count.passed += sum(1)
      count.failed += code !== 0 || all.length === 0 ? Math.max(1, sum(2)) : 0
      count.skipped += sum(3)
      if (code !== 0 || all.length === 0) failures.push(...(named.length > 0 ? named : [name]))
    },
    /** Something that was not run, and why. */
    skip(why) {
      console.log(`skipped ${why}`)
      count.skipped += 1
    },
    /** @param words for vitest, `within` a program that runs another one, with more of an environment */
    async vitest(name, words = [], { within = [], env: more = {} } = {}) {
      const report = join(reports, `${name}.json`)
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      const code = await run([bin('vitest/vitest.mjs'), 'run', ...reporters, ...words], {
        within,
        env: { ...env, ...more },
      })
      add(code, report, (found) => [
        found.numPassedTests,
        found.numFailedTests,
        found.numPendingTests + found.numTodoTests,
        namesOfVitest(found),
      ])
    },
    /** @param folder of `playwright.config.ts`, from the root */
    async playwright(folder) {
      const report = join(reports, 'playwright.json')
      const code = await run([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
        cwd: join(root, folder),
        env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
      })
      add(code, report, ({ stats, suites }) => [
        stats.expected + stats.flaky,
        stats.unexpected,
        stats.skipped,
        namesOfPlaywright(folder, { suites }),
      ])
    },
    /** Prints the last line and ends the program. */
    end() {
      // Not after a failure: a lab that still runs is taken down by what its folder says.
      if (count.failed === 0) rmSync(reports, { recursive: true, force: true })
      else console.log(`What the tests left behind is in ${scratch}.`)
      for (const name of failures) console.log(`failed: ${name}`)
      const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
      process.exit(count.failed === 0 ? 0 : 1)
    },
  }
}
