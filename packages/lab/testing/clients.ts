// Programs in a lab's network that tests look at from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { inLab } from '../src/enter-lab.ts'
import type { Lab, MachineState } from '../src/lab-state.ts'
import { execOnMachine, onMachine } from '../src/machine.ts'
import { until } from '../src/until.ts'

const deadlineMs = 10_000

/** Lines that a program writes, from its start. */
function startProgram(words: readonly string[]) {
  const [program = '', ...args] = words
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const lines = () => text.split('\n').filter(Boolean)
  const said = async (line: string) => {
    if (!(await until(deadlineMs, () => lines().includes(line))))
      throw new Error(
        `"${line}" did not come within ${deadlineMs} ms; there is: ${lines().join(', ') || 'nothing'}`,
      )
  }
  return { child, lines, said, [Symbol.asyncDispose]: () => ended(child) }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

/** A datagram receiver on a machine. Each datagram is one line. */
export function openDatagrams(lab: Lab, machine: MachineState, port: number) {
  const program = startProgram(
    onMachine(lab, machine, ['sh', '-c', `echo ready; exec socat -u UDP4-RECV:${port} STDOUT`]),
  )
  const target = `UDP4-SENDTO:${machine.address}:${port}`
  const isBound = async () =>
    (await execOnMachine(lab, machine, ['ss', '-Hlun', `sport = :${port}`])).stdout !== ''
  const becomeReady = async () => {
    await program.said('ready')
    if (!(await until(deadlineMs, isBound))) throw new Error(`Nothing listens on port ${port}.`)
  }
  return {
    ready: becomeReady(),
    heard: program.said,
    all: () => program.lines().filter((line) => line !== 'ready'),
    sendFrom: (sender: MachineState, text: string) =>
      execOnMachine(lab, sender, ['socat', '-u', '-', target], { input: `${text}\n` }),
    [Symbol.asyncDispose]: program[Symbol.asyncDispose],
  }
}

const watcher = `
const { connect } = require('node:net')
const [host, port] = process.argv.slice(1)
const socket = connect({ host, port: Number(port) })
const say = (line) => process.stdout.write(line + '\\n')
socket.on('connect', () => say('accepted'))
socket.once('data', () => say('greeted'))
socket.on('end', () => say('end'))
socket.on('error', (error) => say(error.code))
process.stdin.on('data', (text) => socket.write(text))
`

/** A client of the lab with one TCP connection, to a server that greets first. */
export function watchConnection(lab: Lab, address: string, port: number) {
  const program = startProgram(inLab(lab, [process.execPath, '-e', watcher, address, String(port)]))
  const events = () => program.lines().filter((line) => line !== 'accepted' && line !== 'greeted')
  return {
    /** The other kernel took it. */
    accepted: () => program.said('accepted'),
    /** The other program answered. */
    greeted: () => program.said('greeted'),
    async ended() {
      if (await until(deadlineMs, () => events().length > 0)) return
      throw new Error(`The connection to ${address} is still open after ${deadlineMs} ms.`)
    },
    send: (text: string) => program.child.stdin.write(text),
    /** Ends and errors that the client noticed. */
    events,
    [Symbol.asyncDispose]: program[Symbol.asyncDispose],
  }
}
