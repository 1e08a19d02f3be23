import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import {
  type AnsibleEvent,
  type ModuleReport,
  moduleReport,
  parseAnsibleEvent,
} from '../src/deploy/ansible-event.ts'
import { runProgram } from '../src/hosts/run-program.ts'

const ansibleDirectory = fileURLToPath(new URL('../../../deploy/ansible', import.meta.url))
const runner = fileURLToPath(new URL('./run_module.py', import.meta.url))

type ModuleName = 'rendered_files' | 'settle_units'

export interface ModuleRunOptions {
  /** `--check --diff`. */
  readonly check?: boolean
  /** A folder whose programs come before the system's. */
  readonly programs?: string
}

export interface ModuleAnswer {
  readonly outcome: 'ok' | 'changed' | 'failed'
  /** Why it failed. */
  readonly message: string | null
  readonly report: ModuleReport
}

const answer = z.object({
  changed: z.boolean().default(false),
  failed: z.boolean().default(false),
  msg: z.string().optional(),
})

/**
 * Runs one of our modules on this machine, without Ansible's engine around it: a tenth of the time.
 *
 * @throws Error with its own words when it gives no answer
 */
export async function runModule(
  module: ModuleName,
  parameters: object,
  { check = false, programs }: ModuleRunOptions = {},
): Promise<ModuleAnswer> {
  const input = JSON.stringify({
    ANSIBLE_MODULE_ARGS: { ...parameters, _ansible_check_mode: check, _ansible_diff: check },
  })
  // Debian's Ansible belongs to Debian's Python.
  const { stdout, stderr } = await runProgram(['/usr/bin/python3', runner, ansibleDirectory, module], {
    input,
    timeoutMs: 60_000,
    env: environment(programs),
  })
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) throw new Error(`${module} gave no answer: ${stdout}${stderr}`)
  const json: unknown = JSON.parse(line)
  const { changed, failed, msg = null } = answer.parse(json)
  return {
    outcome: failed ? 'failed' : changed ? 'changed' : 'ok',
    message: msg,
    report: moduleReport.parse(json),
  }
}

/** The same by Ansible itself, as our callback plugin tells of it. */
export async function runByAnsible(module: ModuleName, parameters: object): Promise<readonly AnsibleEvent[]> {
  const words = ['ansible', 'localhost', '--inventory', 'localhost,', '--connection', 'local']
  const { stdout, stderr } = await runProgram(
    [...words, '--module-name', module, '--args', JSON.stringify(parameters)],
    { timeoutMs: 60_000, env: environment() },
  )
  const events = stdout.split('\n').filter((line) => line.startsWith('{'))
  if (events.length === 0) throw new Error(`ansible said nothing: ${stdout}${stderr}`)
  return events.map(parseAnsibleEvent)
}

const environment = (programs?: string): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  ANSIBLE_CONFIG: `${ansibleDirectory}/ansible.cfg`,
  // Without it the ad-hoc command prints in a form of its own.
  ANSIBLE_LOAD_CALLBACK_PLUGINS: '1',
  PATH: programs ? `${programs}:${process.env['PATH']}` : process.env['PATH'],
})
