import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** What one run of a drill leaves behind. */
export interface DrillFolder {
  readonly path: string
  /** Which drill, on what, with which limits; written first. */
  readonly setupFile: string
  readonly historyFile: string
  readonly samplesFile: string
  readonly eventsFile: string
  /** The log of the app that the drill ran. */
  readonly appLogFile: string
  readonly reportJson: string
  readonly reportHtml: string
  /** A drill got so far that it recorded something. */
  exists(): boolean
}

export const drillFolder = (path: string): DrillFolder => ({
  path,
  setupFile: join(path, 'drill.json'),
  historyFile: join(path, 'history.jsonl'),
  samplesFile: join(path, 'samples.jsonl'),
  eventsFile: join(path, 'events.jsonl'),
  appLogFile: join(path, 'app.log'),
  reportJson: join(path, 'report.json'),
  reportHtml: join(path, 'report.html'),
  exists: () => existsSync(join(path, 'history.jsonl')),
})
