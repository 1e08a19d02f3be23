export { type CommitLatency, measureCommitLatency } from './commit-latency.ts'
export {
  type Fault,
  faults,
  faultsOf,
  findFault,
  findPrimary,
  findVipHolder,
  moveEtcdLeaderTo,
} from './fault.ts'
export {
  type ClusterContext,
  type MeasureContext,
  openClusterContext,
  openMeasureContext,
  readStatus,
} from './measure-context.ts'
export {
  findTwoPrimaries,
  parsePrimaryAnswer,
  primaryQuestion,
  type PrimarySample,
  startPrimarySampler,
} from './primary-sampler.ts'
export { type FaultRun, runFault, untilHealthy } from './run-fault.ts'
export { percentile, type Spread, spreadOf } from './statistics.ts'
