export * from './recording.ts'
export * from './ride-gpx.ts'
