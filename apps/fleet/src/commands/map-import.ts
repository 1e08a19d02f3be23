import { defineCommand } from '../command.ts'
import { readMapFolder } from '../config/map-folder.ts'
import { createProgress } from '../progress.ts'

/** How often the moving line is drawn while a step says nothing of itself. */
const redrawMs = 500

export const mapImport = defineCommand({
  name: 'import',
  summary: 'Use an OpenStreetMap extract as map and for address search',
  description:
    'Takes .osm.pbf, .osm or .osm.gz; what lies beyond the surroundings of Amsterdam is left out. The map is used\n' +
    'from then on, also by an app that runs already, until it is imported again or removed. Each machine that runs\n' +
    'the app has a map of its own, beside its database file. Needs tilemaker and osmium-tool from Debian.\n' +
    'If it fails or is stopped, the map that was there stays.',
  options: {},
  positionals: [{ name: 'file', summary: 'The extract', required: true }],
  examples: [
    {
      line: 'fleet map import noord-holland-latest.osm.pbf',
      says: 'From a provincial extract, in some minutes',
    },
    { line: 'fleet map import centre.osm.gz', says: 'A part of the city; around it the shipped map stays' },
  ],
  async run({ positionals }, world) {
    const [{ findMapPrograms }, { importMap, importSteps }, { mapText }] = await Promise.all([
      import('../map/programs.ts'),
      import('../map/import-map.ts'),
      import('../map/map-text.ts'),
    ])
    const folder = readMapFolder(world.env)
    const programs = await findMapPrograms(world.env['PATH'] ?? '')
    const progress = createProgress(world, 'Importing the map', 100)
    let shown = { percent: 0, says: '' }
    const timer = setInterval(() => progress.at(shown.percent, shown.says), redrawMs)
    try {
      const { manifest, isCut, skippedAddresses } = await importMap({
        file: positionals.file,
        folder,
        programs,
        nowMs: world.now(),
        randomBytes: world.randomBytes,
        stop: world.stop,
        report(step, share) {
          const steps = Object.entries(importSteps)
          const before = steps.slice(
            0,
            steps.findIndex(([name]) => name === step),
          )
          const done = before.reduce((sum, [, each]) => sum + each.share, 0) + importSteps[step].share * share
          shown = { percent: Math.floor(done * 100), says: importSteps[step].says }
          progress.at(shown.percent, shown.says)
        },
      })
      const lines = [mapText(manifest)]
      if (isCut) lines.push('The extract reaches further than the app shows: the rest was left out.')
      if (skippedAddresses > 0)
        lines.push(`${skippedAddresses} addresses without a street or a number were left out.`)
      lines.push('The app uses it from now on.')
      return { data: { map: manifest, isCut, skippedAddresses }, text: lines.join('\n') }
    } finally {
      clearInterval(timer)
      progress.end()
    }
  },
})
