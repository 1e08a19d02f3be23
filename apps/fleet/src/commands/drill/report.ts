import { defineCommand } from '../../command.ts'
import { drillEnvironment, exitCodeOf } from './drill-options.ts'
import { renderReport, summarise } from './report-text.ts'

export const drillReport = defineCommand({
  name: 'report',
  summary: 'The verdict of a run that was recorded, and where its page is',
  description:
    'RUN is the name of its folder, a path, or the name of a drill, of which the newest run is taken. Exit codes as those\n' +
    'of fleet drill run.',
  options: {
    again: {
      type: 'boolean',
      summary: 'Find the verdict anew from the recorded history, and write the report again',
    },
  },
  positionals: [{ name: 'run', summary: 'Which; without it the newest', required: false }],
  environment: drillEnvironment,
  examples: [
    { line: 'fleet drill report', says: 'The newest run' },
    { line: 'fleet drill report primary-power-off --again', says: 'Judge the recorded history once more' },
  ],
  async run({ options, positionals }, world) {
    const { drillHome, findDrillFolder, readReport, writeReport } = await import('@fleet/drill')
    const folder = findDrillFolder(drillHome(world.env), positionals.run)
    const kept = readReport(folder)
    const report = options.again || !kept ? writeReport(folder, kept?.failure ?? null) : kept
    return {
      data: summarise(report),
      text: renderReport(report, world.terminal.paint),
      exitCode: exitCodeOf[report.verdict],
    }
  },
})
