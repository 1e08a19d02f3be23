export { createPasswords, type Passwords } from './auth/passwords.ts'
export { createJsonLog, type Log, type LogFields, type LogLevel, logLevels } from './log.ts'
export { type FleetServer, type FleetServerOptions, openServer } from './server.ts'
