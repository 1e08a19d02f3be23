import type { Handlers } from '../call.ts'
import { actionHandlers } from './actions.ts'
import { attachmentHandlers } from './attachments.ts'
import { bikeHandlers } from './bikes.ts'
import { courierHandlers } from './couriers.ts'
import { deliveryHandlers } from './deliveries.ts'
import type { HandlerDeps } from './deps.ts'
import { deviceHandlers } from './devices.ts'
import { insightHandlers } from './insights.ts'
import { issueHandlers } from './issues.ts'
import { mapHandlers } from './map.ts'
import { recordingHandlers } from './recordings.ts'
import { replayHandlers } from './replay.ts'
import { readPage } from './rows.ts'
import { serviceHandlers } from './service.ts'
import { sessionHandlers } from './session.ts'
import { trackingHandlers } from './tracking.ts'
import { userHandlers } from './users.ts'
import { viewHandlers } from './views.ts'
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
    ...attachmentHandlers(deps),
    ...trackingHandlers(deps),
    ...issueHandlers(deps),
    ...zoneHandlers(deps),
    ...deviceHandlers(deps),
    ...userHandlers(deps),
    ...serviceHandlers(deps),
    ...actionHandlers(deps),
    ...insightHandlers(deps),
    ...replayHandlers(deps),
    ...recordingHandlers(deps),
    ...viewHandlers(deps),
    ...mapHandlers(deps),
    listAudit: (call) => readPage(call.query, (query) => store.audit(query)),
    listLatest: async (call) => ({ body: { items: await store.latestFixes(call.query.sinceReceivedMs) } }),
  }
}
