export { createCourierNews } from './courier-news.ts'
export { createLiveHub, type LiveHub, type LiveHubOptions } from './hub.ts'
export { liveRoles, type LiveRouteOptions, registerCourierNews, registerLive } from './routes.ts'
export { createZoneWatch, type ZoneWatch } from './zone-watch.ts'
