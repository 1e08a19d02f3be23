import { existsSync } from 'node:fs'
import { defineCommand } from '../command.ts'
import { readMapFolder } from '../config/map-folder.ts'

export const mapRemove = defineCommand({
  name: 'remove',
  summary: 'Remove the imported map; the app draws its own again',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet map remove', says: 'The app may run meanwhile' }],
  async run(_, world) {
    const { readManifest, removeMap, withMapLock } = await import('@fleet/server/map')
    const folder = readMapFolder(world.env)
    // Not even a lock file, for somebody who never imported anything.
    if (!existsSync(folder)) return { data: { removed: null }, text: 'No map was imported.' }
    return withMapLock(folder, async () => {
      const read = readManifest(folder)
      removeMap(folder)
      const removed = read.state === 'current' ? read.manifest : null
      return {
        data: { removed },
        text:
          removed === null
            ? 'No map was imported.'
            : `Removed the map of ${removed.source}. The app draws its own again.`,
      }
    })
  },
})
