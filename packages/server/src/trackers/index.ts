export {
  type BatchItem,
  type BatchItemProblem,
  type BatchItemResult,
  type BatchResult,
  maxBatchItems,
  parsePositionBatch,
} from './batch.ts'
export { maxTrackerBodyBytes, type TrackerBody } from './body.ts'
export { type OsmAndRequest, parseOsmAnd } from './osmand.ts'
export { type OwnTracksRequest, type OwnTracksResult, parseOwnTracks } from './owntracks.ts'
export type {
  FixReport,
  Heartbeat,
  HeartbeatReport,
  ParsedReports,
  ParseResult,
  TrackerRefusal,
  TrackerRefusalStatus,
  TrackerReport,
} from './report.ts'
