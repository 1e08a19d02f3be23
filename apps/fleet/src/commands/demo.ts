import { defineCommand } from '../command.ts'
import { withStore } from '../config/open-store.ts'
import { AppError } from '@fleet/domain'
import { seedDemo } from '../demo/seed.ts'
import { cliContext } from '../execute.ts'
import { listAll } from '../find-rows.ts'
import { createProgress } from '../progress.ts'
import { renderTable } from '../table.ts'

const kinds = ['bike', 'courier', 'delivery', 'issue', 'zone', 'device', 'user'] as const

export const demoSeed = defineCommand({
  name: 'seed',
  summary: 'Fill an empty database with a demo fleet',
  description:
    'Sixty bikes, couriers on shift, a day of deliveries since this morning, issues and zones; all invented.',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet demo seed', says: 'Before or after the first start with FLEET_SEED=none' }],
  run: (_, world) =>
    withStore(world, async (store) => {
      if ((await listAll(store, 'bike')).length > 0)
        throw new AppError(
          'usage',
          'There are bikes in this database already: a demo is only put into an empty one.',
          {
            fix: 'Remove an earlier demo with: fleet demo clear. Or use another database with FLEET_DB.',
          },
        )
      const progress = createProgress(world, 'Seeding', 1)
      try {
        const summary = await seedDemo(store, {
          nowMs: world.now(),
          randomBytes: world.randomBytes,
          report: (done, total) => progress.at(done / total),
        })
        if (!summary) throw new AppError('usage', 'Somebody else seeds this database at this moment.')
        return {
          data: summary,
          text: `The demo fleet is there: ${summary.commands} steps of a day, ${summary.fixes} positions.`,
        }
      } finally {
        progress.end()
      }
    }),
})

export const demoClear = defineCommand({
  name: 'clear',
  summary: 'Remove everything that belongs to the demo',
  description: 'What you added yourself stays, and so does what it rests on. The app may run meanwhile.',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet demo clear', says: 'Before real work begins' }],
  run: (_, world) =>
    withStore(world, async (store) => {
      const { removed } = await store.clearDemo(cliContext(world))
      return {
        data: { removed },
        text: removed > 0 ? `Removed ${removed} rows of the demo.` : 'There is no demo in this database.',
      }
    }),
})

export const demoStatus = defineCommand({
  name: 'status',
  summary: 'Say how much of the database is demonstration',
  options: {},
  positionals: [],
  examples: [{ line: 'fleet demo status --json', says: 'For programs' }],
  run: (_, world) =>
    withStore(world, async (store) => {
      const counts: Record<string, { demo: number; own: number }> = {}
      for (const kind of kinds) {
        const all = await listAll(store, kind)
        const demo = all.filter((row) => row.demo).length
        counts[kind] = { demo, own: all.length - demo }
      }
      const rows = Object.entries(counts).map(([kind, { demo, own }]) => [kind, String(demo), String(own)])
      return {
        data: { location: store.location, counts },
        text: `${store.location}\n${renderTable(['ROWS', 'DEMO', 'YOURS'], rows)}`,
      }
    }),
})
