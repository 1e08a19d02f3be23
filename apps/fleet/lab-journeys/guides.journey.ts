import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import type { FinishedCommand } from '../testing/fleet-command.ts'
import { firstMissingLine, parseConsoleBlocks, type ShownCommand } from './console-blocks.ts'
import { expectCode, labUnderTest } from './lab-under-test.ts'

// Every command of the guides, in their order, by an operator on machines where nothing is deployed yet.
const root = join(import.meta.dirname, '../../..')
const commands = ['on-premise.md', 'deployment.md', 'runbook.md'].flatMap((guide) =>
  parseConsoleBlocks(readFileSync(join(root, 'docs', guide), 'utf8')).map((shown) => ({
    title: `docs/${guide}:${shown.line} ${shown.machine}: ${shown.command}`,
    shown,
  })),
)

const lab = labUnderTest('guides')
/** Where the operator stands: `./fleet` is there, and cluster.yml will be. */
const folder = mkdtempSync(join(tmpdir(), 'fleet-guides-'))
symlinkSync(join(root, 'fleet'), join(folder, 'fleet'))

beforeAll(async () => {
  const words = ['lab', 'up', '--topology', 'small', '--no-deploy']
  expectCode(words, await lab.fleet(words))
})

afterAll(async () => {
  await lab.fleet(['lab', 'down'])
  rmSync(folder, { recursive: true })
})

/** The guides say how long it takes on machines of one's own; here one has to be all of them, and may be busy. */
const patience = 4

/** Both streams together, as a terminal shows them. */
const asShown = (command: string) => `{ ${command}\n} 2>&1`

function run({ machine, command }: ShownCommand): Promise<FinishedCommand> {
  if (machine !== 'operator')
    // A login shell, as an administrator has one.
    return lab.fleet(['lab', 'exec', machine, '--', 'bash', '-lc', asShown(command)])
  // Labs are this machine's; everything else the operator does is done in the lab's network.
  const [ofLabs] = /^\.\/fleet lab [^#'"]+/.exec(command) ?? []
  if (ofLabs !== undefined) return lab.fleet(ofLabs.trim().split(/ +/).slice(1))
  return lab.fleet(['lab', 'run', '--', 'bash', '-c', asShown(`cd ${folder} && ${command}`)])
}

function findProblem({ expected, exitCode }: ShownCommand, { code, stdout }: FinishedCommand): string | null {
  if (code !== exitCode) return `It ended with ${code} instead of ${exitCode}.`
  const missing = firstMissingLine(expected, stdout)
  return missing === null ? null : `It does not show "${missing}".`
}

test.each(commands)('$title', async ({ shown }) => {
  const endMs = Date.now() + shown.withinS * patience * 1_000
  for (;;) {
    const done = await run(shown)
    const problem = findProblem(shown, done)
    if (problem === null) return
    if (Date.now() >= endMs) throw new Error(`${problem}\n${done.stdout}${done.stderr}`)
  }
})
