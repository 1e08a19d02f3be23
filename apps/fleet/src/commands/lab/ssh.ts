import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption } from './lab-options.ts'

export const labSsh = defineCommand({
  name: 'ssh',
  summary: 'Sign in to a machine with ssh, as root',
  description: 'With a network that is cut, `fleet lab exec NODE -- bash` still gets in.',
  options: nameOption,
  positionals: [{ name: 'node', summary: 'The machine, pg-node-1 for one', required: true }],
  rest: { name: 'cmd', summary: 'A command instead of a shell', required: false },
  environment: labEnvironment,
  examples: [{ line: 'fleet lab ssh pg-node-1', says: 'A shell there' }],
  async run({ options, positionals, rest }, world) {
    const { findLab, findMachine, inLab, openLabHome, runAttached, sshWords } = await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    const words = [...sshWords(lab, findMachine(lab, positionals.node)), ...rest]
    return { data: undefined, text: '', exitCode: await runAttached(inLab(lab, words), world.env) }
  },
})
