import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption } from './lab-options.ts'

export const labExec = defineCommand({
  name: 'exec',
  summary: 'Run a command on a machine, as root, also when its network is cut',
  options: nameOption,
  positionals: [{ name: 'node', summary: 'The machine, pg-node-1 for one', required: true }],
  rest: { name: 'cmd', summary: 'The command and its arguments', required: true },
  environment: labEnvironment,
  examples: [
    { line: 'fleet lab exec pg-node-1 -- patronictl list', says: 'Exit code and output are its own' },
  ],
  async run({ options, positionals, rest }, world) {
    const { execOnMachine, findLab, findMachine, onMachine, openLabHome, runAttached } =
      await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    const machine = findMachine(lab, positionals.node)
    if (!world.json) {
      const exitCode = await runAttached(onMachine(lab, machine, rest), world.env)
      return { data: undefined, text: '', exitCode }
    }
    const { exitCode, stdout, stderr } = await execOnMachine(lab, machine, rest, {
      timeoutMs: Number.POSITIVE_INFINITY,
      signal: world.stop,
    })
    return { data: { node: machine.name, exitCode, stdout, stderr }, text: '', exitCode }
  },
})
