import type { Handlers } from '../call.ts'
import { bikeHandlers } from './bikes.ts'
import { courierHandlers } from './couriers.ts'
import { deliveryHandlers } from './deliveries.ts'
import type { HandlerDeps } from './deps.ts'
import { deviceHandlers } from './devices.ts'
import { issueHandlers } from './issues.ts'
import { readPage } from './rows.ts'
import { sessionHandlers } from './session.ts'
import { userHandlers } from './users.ts'
import { zoneHandlers } from './zones.ts'

export type { HandlerDeps } from './deps.ts'

/** All handlers there are; the type leaves none out. */
export function createHandlers(deps: HandlerDeps): Handlers {
  const { store } = deps
  return {
    ...sessionHandlers(deps),
    ...bikeHandlers(deps),
    ...courierHandlers(deps),
    ...deliveryHandlers(deps),
    ...issueHandlers(deps),
    ...zoneHandlers(deps),
    ...deviceHandlers(deps),
    ...userHandlers(deps),
    listAudit: (call) => readPage(call.query, (query) => store.audit(query)),
    listLatest: async (call) => ({ body: { items: await store.latestFixes(call.query.sinceReceivedMs) } }),
  }
}
