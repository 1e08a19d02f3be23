import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption } from './lab-options.ts'

export const labDown = defineCommand({
  name: 'down',
  summary: 'Remove a lab with everything in it',
  description:
    'Its machines and their disks, its network, its keys, and every client that runs in it. Also what is left of a lab\n' +
    'whose making was interrupted. The base image stays.',
  options: nameOption,
  positionals: [],
  environment: labEnvironment,
  examples: [{ line: 'fleet lab down', says: 'Nothing of it is left on this machine' }],
  async run({ options }, world) {
    const { openLabHome, removeLab } = await import('@fleet/lab')
    const removed = await removeLab(openLabHome(world.env), options.name)
    return {
      data: { name: options.name, removed },
      text: removed ? `The lab "${options.name}" is gone.` : `There is no lab "${options.name}".`,
    }
  },
})
