import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { FleetProcessOptions, FleetProcessReady } from './fleet-process.ts'

/** A script of this folder in a process of its own, as servers and their clients are in life. */
export interface Child<First> {
  /** The first message that it sent. */
  readonly first: First
  readonly pid: number
  /** Sends it something and waits for its next message. */
  ask<Reply>(message: string): Promise<Reply>
  /** Disconnects, on which it stops by itself, and waits until it is gone. */
  stop(): Promise<void>
}

/** @throws Error when the script ends before it has sent a message */
export async function startChild<First>(script: string, options: object): Promise<Child<First>> {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const first = await new Promise<First>((resolve, reject) => {
    child.once('message', (message) => resolve(message as First))
    void exited.then(() => reject(new Error(`${script} ended with ${child.exitCode} and said nothing`)))
  })
  return {
    first,
    pid: child.pid!,
    ask: (message) =>
      new Promise((resolve) => {
        child.once('message', (reply) => resolve(reply as never))
        child.send(message)
      }),
    async stop() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

export const startFleet = (options: FleetProcessOptions): Promise<Child<FleetProcessReady>> =>
  startChild('fleet-process.ts', options)
