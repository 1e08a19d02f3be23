// Run by kill.test.ts, which kills it at any moment: migrates and says how far it is.
import { writeSync } from 'node:fs'
import { migrateData, type MigrationOptions } from './index.ts'

const options = JSON.parse(process.argv[2]!) as Pick<MigrationOptions, 'sqlite' | 'postgres' | 'direction'>
const result = await migrateData({
  ...options,
  restart: false,
  asOfNow: false,
  now: Date.now,
  // Written at once: what is announced is about to happen.
  report: ({ phase }) => void writeSync(1, `${phase}\n`),
})
writeSync(1, `${result.isEqual ? 'equal' : 'different'}\n`)
