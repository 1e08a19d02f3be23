import { bikesRoutes } from './bikes.ts'
import { couriersRoutes } from './couriers.ts'
import { deliveriesRoutes } from './deliveries.ts'
import { devicesRoutes } from './devices.ts'
import { issuesRoutes } from './issues.ts'
import { peopleRoutes } from './people.ts'
import { sessionRoutes } from './session.ts'
import { zonesRoutes } from './zones.ts'

export { credentials, session } from './session.ts'
export { deviceSecret } from './devices.ts'
export { newPassword } from './people.ts'
export { listQuery, type Route } from './route.ts'

/** Every HTTP route of the app. */
export const routes = {
  ...sessionRoutes,
  ...bikesRoutes,
  ...couriersRoutes,
  ...deliveriesRoutes,
  ...issuesRoutes,
  ...zonesRoutes,
  ...devicesRoutes,
  ...peopleRoutes,
} as const

export type RouteName = keyof typeof routes
