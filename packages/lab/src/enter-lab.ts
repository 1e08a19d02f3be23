import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ClusterError } from '@fleet/cluster'
import { createCgroup, labCgroup, placedIn } from './cgroup.ts'
import { inNetwork } from './lab-network.ts'
import type { Lab } from './lab-state.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Set in a process that has been moved into a lab, to the lab's name. */
export const enteredVariable = 'FLEET_LAB_ENTERED'

/**
 * Words that run a command as a client of the lab: on this machine's files, in the lab's network, and among the
 * processes that `down` ends.
 *
 * @throws ClusterError lab_failed when the lab's network is gone, after this machine was started again for one
 */
export function inLab(lab: Lab, words: readonly string[]): readonly string[] {
  if (!existsSync(lab.places.netnsFile))
    throw new ClusterError(
      'lab_failed',
      `The network of the lab "${lab.places.name}" is gone: it is not running.`,
      {
        fix: `Start it again with its disks: fleet lab up --name ${lab.places.name}`,
      },
    )
  const cgroup = join(labCgroup(lab.places.name), 'clients')
  createCgroup(cgroup)
  return placedIn(cgroup, inNetwork(lab.places, words))
}

/**
 * Runs the program that runs now once more, with the same words, as a client of the lab, and waits for its end.
 * A process cannot change its network once it runs threads, as Node does.
 *
 * @returns the exit code, 128 + signal when a signal ended it
 */
export function enterLab(lab: Lab, env: Env = process.env): Promise<number> {
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  return runAttached(inLab(lab, words), { ...env, [enteredVariable]: lab.places.name })
}

/**
 * Runs a program that has this terminal for itself. Ctrl-C reaches it without our doing; other signals are handed on.
 *
 * @returns the exit code, 128 + signal when a signal ended it
 */
export function runAttached(words: readonly string[], env: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = words
    const child = spawn(program, args, { stdio: 'inherit', env: { ...env } })
    const stay = () => {}
    const passOn = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', stay)
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn)
    const tidy = () => {
      process.off('SIGINT', stay)
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn)
    }
    child.on('error', (error) => {
      tidy()
      reject(error)
    })
    child.on('exit', (code, signal) => {
      tidy()
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}
