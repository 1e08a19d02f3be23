export { createLiveHub, type LiveHub, type LiveHubOptions } from './hub.ts'
export { liveRoles, type LiveRouteOptions, registerLive } from './routes.ts'
