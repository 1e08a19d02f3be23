import { actionsRoutes } from './actions.ts'
import { attachmentsRoutes } from './attachments.ts'
import { bikesRoutes } from './bikes.ts'
import { couriersRoutes } from './couriers.ts'
import { deliveriesRoutes } from './deliveries.ts'
import { devicesRoutes } from './devices.ts'
import { insightsRoutes } from './insights.ts'
import { issuesRoutes } from './issues.ts'
import { mapRoutes } from './map.ts'
import { peopleRoutes } from './people.ts'
import { recordingsRoutes } from './recordings.ts'
import { replayRoutes } from './replay.ts'
import { serviceRoutes } from './service.ts'
import { sessionRoutes } from './session.ts'
import { trackingRoutes } from './tracking.ts'
import { viewsRoutes } from './views.ts'
import { zonesRoutes } from './zones.ts'

export { bulkCommand, type BulkCommand } from './actions.ts'
export { mostCommandsAtOnce } from './route.ts'
export { maxAttachmentBytes } from './attachments.ts'
export { credentials, session } from './session.ts'
export { deviceSecret } from './devices.ts'
export { addressMatch, addressMatches, importedMap, type ImportedMap, mostAddressesAtOnce } from './map.ts'
export { newPassword } from './people.ts'
export { tracking, type Tracking } from './tracking.ts'
export { insights, type Insights } from './insights.ts'
export { mostRecordedAtOnce, recordingOutcome, type RecordingOutcome } from './recordings.ts'
export { replayEvents, type ReplayEvents } from './replay.ts'
export { listQuery, type Route } from './route.ts'
export { mostZonesAtOnce } from './zones.ts'

/** Every HTTP route of the app. */
export const routes = {
  ...sessionRoutes,
  ...bikesRoutes,
  ...couriersRoutes,
  ...deliveriesRoutes,
  ...attachmentsRoutes,
  ...trackingRoutes,
  ...issuesRoutes,
  ...zonesRoutes,
  ...mapRoutes,
  ...devicesRoutes,
  ...peopleRoutes,
  ...serviceRoutes,
  ...actionsRoutes,
  ...insightsRoutes,
  ...replayRoutes,
  ...recordingsRoutes,
  ...viewsRoutes,
} as const

export type RouteName = keyof typeof routes
