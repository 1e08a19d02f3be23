import { defineCommand } from '../../command.ts'
import { renderLab } from './lab-line.ts'
import { labEnvironment } from './lab-options.ts'

export const labStatus = defineCommand({
  name: 'status',
  summary: 'Show the labs of this machine, their machines and what is broken on purpose',
  description: 'How the cluster in a lab is: fleet cluster status --lab NAME.',
  options: { name: { type: 'string', value: 'NAME', summary: 'This lab only' } },
  positionals: [],
  environment: labEnvironment,
  examples: [{ line: 'fleet lab status', says: 'Which machines are on, which networks are cut' }],
  async run({ options }, world) {
    const { findLab, openLabHome, readLab, readLabs } = await import('@fleet/lab')
    const home = openLabHome(world.env)
    const one = options.name === null ? null : await readLab(home, options.name)
    // Says which labs there are.
    if (options.name !== null && one === null) findLab(home, options.name)
    const labs = one ? [one] : await readLabs(home)
    return {
      data: { labs },
      text: labs.length === 0 ? 'There is no lab. Make one: fleet lab up' : labs.map(renderLab).join('\n\n'),
    }
  },
})
