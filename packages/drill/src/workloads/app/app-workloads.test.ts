import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@fleet/store/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workloadUnderTest } from '../../../testing/workload-under-test.ts'
import { checkFeedComplete, checkFeedOrder } from '../../checkers/feed.ts'
import { checkLooksBack } from '../../checkers/looks-back.ts'
import { checkTransitions } from '../../checkers/transitions.ts'
import { checkNoErrors, checkSettled } from '../../checkers/users.ts'
import { checkNothingLost, checkNothingTwice, checkNothingUnasked } from '../../checkers/written-once.ts'
import { openApp } from './app.ts'
import { commandKind, dispatchersAtWork, endedFromMs, endingsOf } from './dispatchers.ts'
import { lookBackKind, screens, screensOpen } from './screens.ts'
import { fixKind, phonesAtWork } from './trackers.ts'

const root = join(import.meta.dirname, '../../../../..')
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

/** As far as the dispatchers of the drill walk it. */
const deliveries = {
  unassigned: { assign: 'assigned' },
  assigned: { pick_up: 'picked_up' },
  picked_up: { deliver: 'delivered' },
}

test(
  'dispatchers, phones and screens work on through a crash of the database and a restart of the app',
  { timeout: 240_000 },
  async () => {
    const { host, port, user, password } = server
    const database = await server.createDatabase()
    using clients = workloadUnderTest({ host, port, user, password, database })
    const app = await openApp({
      command: [process.execPath, join(root, 'apps/fleet/src/main.ts'), 'serve', '--json'],
      env: { PATH: process.env['PATH'], ...server.env(database) },
      logFile: join(clients.folder, 'app.log'),
    })
    try {
      for (const workload of [phonesAtWork, screensOpen, dispatchersAtWork])
        await clients.start(workload, app)
      const everyone = ['dispatchers', 'trackers', 'screens']
      const goOn = () => Promise.all(everyone.map((each) => clients.answers(each, 40)))
      await goOn()
      await server.halt('immediate')
      await server.resume()
      await goOn()
      await app.restart()
      await goOn()
      const { operations } = await clients.finish()
      const of = (name: string, ...kinds: string[]) =>
        operations.filter(
          ({ workload, kind }) => workload === name && (kinds.length === 0 || kinds.includes(kind)),
        )
      const readers = { count: screens, endedFromMs: endedFromMs(of('dispatchers')) }
      const findings = [
        ...[checkNothingLost, checkNothingTwice, checkNothingUnasked].flatMap((check) => [
          check(of('dispatchers'), [commandKind]),
          check(of('trackers'), [fixKind]),
        ]),
        checkLooksBack(of('screens', lookBackKind), endingsOf(of('dispatchers'))),
        checkTransitions(of('dispatchers'), deliveries, 'unassigned'),
        checkFeedOrder(of('screens', 'change', 'snapshot'), readers),
        checkFeedComplete(of('screens', 'change', 'snapshot'), of('dispatchers'), readers),
        checkSettled(of('dispatchers', commandKind)),
        checkNoErrors(of('dispatchers', commandKind)),
      ]
      expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
      // Of two who pick up at once one is refused.
      expect(of('dispatchers').filter(({ outcome }) => outcome === 'fail').length).toBeGreaterThan(0)
    } finally {
      await app.close()
    }
  },
)
