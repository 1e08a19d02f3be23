import { defineCommand } from '../../command.ts'
import { labEnvironment } from './lab-options.ts'
import { createStepLines } from './step-lines.ts'

export const labImage = defineCommand({
  name: 'image',
  summary: 'Build the base image of all labs, unless it is there',
  description:
    'Debian 13 with the packages of every role of the cluster: about 1 GB and a minute. `fleet lab up` does it by itself.',
  options: {},
  positionals: [],
  environment: labEnvironment,
  examples: [{ line: 'fleet lab image', says: 'Before a demonstration, so that the first `up` is quick' }],
  async run(_, world) {
    const { ensureImage, openLabHome, requireLabSupport } = await import('@fleet/lab')
    requireLabSupport()
    const startMs = world.now()
    const { cacheDirectory } = openLabHome(world.env)
    const { directory, isNew } = await ensureImage(cacheDirectory, createStepLines(world), world.stop)
    const durationMs = world.now() - startMs
    return {
      data: { directory, isNew, durationMs },
      text: isNew
        ? `Built in ${(durationMs / 1_000).toFixed(0)} s: ${directory}`
        : `The image is there: ${directory}`,
    }
  },
})
