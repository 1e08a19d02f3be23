import { defineCommand } from '../command.ts'
import { readMapFolder } from '../config/map-folder.ts'

export const mapStatus = defineCommand({
  name: 'status',
  summary: 'Say which map is used',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet map status', says: 'What was imported, and when' }],
  async run(_, world) {
    const [{ readManifest }, { mapText }] = await Promise.all([
      import('@fleet/server/map'),
      import('../map/map-text.ts'),
    ])
    const folder = readMapFolder(world.env)
    const read = readManifest(folder)
    if (read.state === 'current')
      return { data: { map: read.manifest, folder }, text: `${mapText(read.manifest)}\nIt is in ${folder}.` }
    if (read.state === 'none')
      return {
        data: { map: null, folder },
        text: 'No map was imported: the app draws its own. See fleet map import --help.',
      }
    return {
      data: { map: null, folder, broken: read.message },
      text: `The imported map cannot be used: ${read.message}. The app draws its own until you import it again.`,
      exitCode: 1,
    }
  },
})
