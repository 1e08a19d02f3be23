export * from './bare-store.ts'
export * from './fault-proxy.ts'
export * from './postgres-server.ts'
