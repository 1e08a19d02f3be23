import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption, nameWords } from './lab-options.ts'

export const labCut = defineCommand({
  name: 'cut',
  summary: 'Drop what two machines send each other',
  description:
    'Silently: connections stay open and get no answer, as with a switch that lost its way. `client` stands for whoever\n' +
    'runs in the lab with fleet lab run or fleet cluster --lab.',
  options: { ...nameOption, 'one-way': { type: 'boolean', summary: 'Only what A sends to B' } },
  positionals: [
    { name: 'a', summary: 'A machine, or client', required: true },
    { name: 'b', summary: 'Another one', required: true },
  ],
  environment: labEnvironment,
  examples: [
    { line: 'fleet lab cut pg-node-1 pg-node-2', says: 'Both are alive and do not hear each other' },
    { line: 'fleet lab cut pg-node-1 haproxy-1 --one-way', says: 'Requests arrive, answers do not' },
  ],
  async run({ options, positionals: { a, b } }, world) {
    const { cut, findLab, openLabHome } = await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    await cut(lab, a, b, options['one-way'])
    const what = options['one-way']
      ? `What ${a} sends to ${b} is dropped.`
      : `${a} and ${b} do not hear each other.`
    return {
      data: { from: a, to: b, oneWay: options['one-way'] },
      text: `${what} Mend it: fleet lab heal${nameWords(options.name)}`,
    }
  },
})

export const labHeal = defineCommand({
  name: 'heal',
  summary: 'Undo every cut',
  options: nameOption,
  positionals: [],
  environment: labEnvironment,
  examples: [{ line: 'fleet lab heal', says: 'The network is whole; machines that are off stay off' }],
  async run({ options }, world) {
    const { findLab, heal, openLabHome } = await import('@fleet/lab')
    const healed = await heal(findLab(openLabHome(world.env), options.name))
    return {
      data: { healed },
      text:
        healed.length > 0
          ? `Healed: ${healed.map(({ from, to }) => `${from} to ${to}`).join(', ')}.`
          : 'Nothing was cut.',
    }
  },
})
