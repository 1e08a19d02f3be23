import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { ClusterError } from '../cluster-error.ts'
import { openSocketFolder } from '../hosts/socket-folder.ts'
import { killGroup } from '../hosts/run-program.ts'
import { quoteWord, sshOptions } from '../hosts/ssh-command.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { createLineReader, parseAnsibleEvent } from './ansible-event.ts'
import type { OnDeployEvent } from './deploy-event.ts'
import { createStepTracker, type StepTracker } from './step-tracker.ts'

const ansibleDirectory = fileURLToPath(new URL('../../../../deploy/ansible', import.meta.url))
const eventsDescriptor = 3
/** Ansible ends its workers and ssh's when asked; one that hangs is ended after this. */
const killAfterMs = 5_000
const keptOfStreamChars = 16 * 1024

export interface PlaybookRun {
  readonly spec: ClusterSpec
  readonly playbook: 'deploy' | 'diff' | 'destroy'
  /** The inventory that ansible-input.ts wrote. */
  readonly inventory: string
  /** `--check --diff`: nothing is changed. */
  readonly check?: boolean
  readonly onEvent: OnDeployEvent
  readonly nowMs: () => number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/**
 * Runs one of our playbooks with Debian's ansible-playbook.
 *
 * @returns what happened, when no host failed
 * @throws ClusterError missing_program without Ansible, deploy_failed with the host, the step and its words,
 *   host_unreachable; the signal's reason when it was stopped
 */
export async function runPlaybook(run: PlaybookRun): Promise<StepTracker> {
  const tracker = createStepTracker(run.onEvent, run.nowMs)
  // Ansible leaves ssh's kept connections to their time.
  const sockets = await openSocketFolder('fleet-ansible')
  try {
    const end = await spawnPlaybook(run, sockets.path, tracker)
    tracker.end()
    if (run.signal?.aborted) throw run.signal.reason
    const first = tracker.failures[0]
    if (first) throw failure(tracker)
    if (end.exitCode !== 0)
      throw new ClusterError(
        'deploy_failed',
        `ansible-playbook ended with ${end.exitCode}: ${end.output.trim().slice(-2_000)}`,
      )
    return tracker
  } finally {
    await sockets.close()
  }
}

function failure({ failures }: StepTracker): ClusterError {
  const lines = failures.map(({ host, step, message }) => `${host}: "${step}" failed. ${message}`)
  const lost = failures.every(({ unreachable }) => unreachable)
  return new ClusterError(lost ? 'host_unreachable' : 'deploy_failed', lines.join('\n'))
}

function spawnPlaybook(
  { spec, playbook, inventory, check = false, env, signal }: PlaybookRun,
  sockets: string,
  tracker: StepTracker,
): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const words = ['--inventory', inventory, `${playbook}.yml`, ...(check ? ['--check', '--diff'] : [])]
    const child = spawn('ansible-playbook', words, {
      cwd: ansibleDirectory,
      env: ansibleEnvironment(spec, sockets, env),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // Its own group: Ctrl-C reaches us alone, and all that it started can be ended with it.
      detached: true,
    })
    let output = ''
    const keep = (text: string) => (output = (output + text).slice(-keptOfStreamChars))
    for (const stream of [child.stdout, child.stderr]) stream!.setEncoding('utf8').on('data', keep)
    const readLines = createLineReader((line) => tracker.take(parseAnsibleEvent(line)))
    const events = child.stdio[eventsDescriptor] as Readable
    events.setEncoding('utf8').on('data', (piece: string) => {
      try {
        readLines(piece)
      } catch (error) {
        killGroup(child.pid, 'SIGTERM')
        reject(error)
      }
    })
    let killTimer: NodeJS.Timeout | undefined
    const stop = () => {
      killGroup(child.pid, 'SIGTERM')
      killTimer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), killAfterMs)
    }
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    const tidy = () => {
      clearTimeout(killTimer)
      signal?.removeEventListener('abort', stop)
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      tidy()
      reject(
        error.code === 'ENOENT'
          ? new ClusterError('missing_program', 'ansible-playbook is not installed on this machine.', {
              fix: 'apt-get install ansible-core (or ansible), then run the command again.',
              cause: error,
            })
          : error,
      )
    })
    // Not `close`: ssh's kept connections would hold the streams open for a minute.
    child.on('exit', (code) => {
      tidy()
      const finish = () => resolve({ exitCode: code ?? 1, output })
      if (events.readableEnded || events.destroyed) finish()
      else events.once('close', finish)
    })
  })
}

function ansibleEnvironment(
  spec: ClusterSpec,
  sockets: string,
  env: PlaybookRun['env'],
): Record<string, string | undefined> {
  // What an operator has set for other playbooks must not reach into this one.
  const own = Object.entries(env).filter(([name]) => !name.startsWith('ANSIBLE_'))
  const kept = ['ControlMaster=auto', 'ControlPersist=30s'].flatMap((setting) => ['-o', setting])
  return {
    ...Object.fromEntries(own),
    // Ansible refuses to start in a locale that is not UTF-8.
    LC_ALL: 'C.UTF-8',
    ANSIBLE_CONFIG: `${ansibleDirectory}/ansible.cfg`,
    ANSIBLE_FORKS: String(Math.max(5, spec.hosts.length)),
    ANSIBLE_SSH_ARGS: [...kept, ...sshOptions(spec.ssh)].map(quoteWord).join(' '),
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_LOCAL_TEMP: `${sockets}/local`,
    ANSIBLE_NOCOLOR: '1',
    FLEET_EVENTS_FD: String(eventsDescriptor),
    PYTHONDONTWRITEBYTECODE: '1',
  }
}
