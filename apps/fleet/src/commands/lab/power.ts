import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption, nameWords } from './lab-options.ts'
import { createStepLines } from './step-lines.ts'

const nodePosition = [{ name: 'node', summary: 'The machine, pg-node-1 for one', required: true }] as const

export const labPowerOff = defineCommand({
  name: 'power-off',
  summary: 'Take the power from a machine; its disk stays',
  description:
    'Every process is gone at once, none is asked. Without --silent the kernel, which lives on here, closes the connections\n' +
    'of the machine, and the others know at once. A power supply that dies tells nobody: that is --silent.',
  options: {
    ...nameOption,
    silent: { type: 'boolean', summary: 'Cut its link first, so that nobody is told' },
  },
  positionals: nodePosition,
  environment: labEnvironment,
  examples: [{ line: 'fleet lab power-off pg-node-1 --silent', says: 'The worst case for a failover' }],
  async run({ options, positionals }, world) {
    const { findLab, findMachine, openLabHome, powerOff } = await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    const { name } = findMachine(lab, positionals.node)
    const wasOn = await powerOff(lab, findMachine(lab, name), options.silent)
    return {
      data: { node: name, wasOn },
      text: wasOn
        ? `${name} is off. Start it: fleet lab power-on ${name}${nameWords(options.name)}`
        : `${name} was off already.`,
    }
  },
})

export const labPowerOn = defineCommand({
  name: 'power-on',
  summary: 'Boot a machine from the disk that it had',
  options: nameOption,
  positionals: nodePosition,
  environment: labEnvironment,
  examples: [{ line: 'fleet lab power-on pg-node-1', says: 'Returns when its services run' }],
  async run({ options, positionals }, world) {
    const { findLab, findMachine, openLabHome, powerOn } = await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    const machine = findMachine(lab, positionals.node)
    const wasOff = await createStepLines(world).step(`Boot ${machine.name}`, () =>
      powerOn(lab, machine, world.stop),
    )
    return {
      data: { node: machine.name, wasOff },
      text: wasOff ? `${machine.name} is on.` : `${machine.name} was on already.`,
    }
  },
})
