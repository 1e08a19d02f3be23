import { type BenchResult, holds, printResults } from './result.ts'

const benches: Record<string, () => Promise<{ run(): Promise<BenchResult[]> }>> = {
  'ingest-http': () => import('./ingest-http.ts'),
  live: () => import('./live.ts'),
  map: () => import('./map.ts'),
  'delivery-search': () => import('./delivery-search.ts'),
  'deliveries-page': () => import('./deliveries-page.ts'),
  'replay-page': () => import('./replay-page.ts'),
  'home-page': () => import('./home-page.ts'),
  history: () => import('./history.ts'),
  start: () => import('./start.ts'),
  spool: () => import('./spool.ts'),
  'ingest-store': () => import('./ingest-store.ts'),
  migrate: () => import('./migrate.ts'),
  'command-cost': () => import('./command-cost.ts'),
}

const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const json = process.argv.includes('--json')
if (process.argv.includes('--help') || asked.some((name) => !(name in benches))) {
  console.log(
    `npm run bench [-- NAME ...] [--json]\n\nNames: ${Object.keys(benches).join(', ')}. Without a name: all of them.`,
  )
  process.exit(process.argv.includes('--help') ? 0 : 2)
}
const results: BenchResult[] = []
for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
  console.error(`${name} ...`)
  results.push(...(await (await benches[name]!()).run()))
}
if (json) console.log(JSON.stringify(results, null, 2))
else printResults(results)
process.exit(results.every(holds) ? 0 : 1)
