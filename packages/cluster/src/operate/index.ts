export { type BackupOptions, type BackupResult, readStanza, takeBackup } from './backup.ts'
export { failover, type FailoverOptions, type FailoverResult } from './failover.ts'
export {
  type MaintenanceOptions,
  type MaintenanceResult,
  pauseCluster,
  resumeCluster,
} from './maintenance.ts'
export { type GapMeasure, type WriteMeasure } from './measure-gap.ts'
export { type Operation, type OperationClock, type OperationEvent, systemClock } from './operation.ts'
export { reinitNode, type ReinitOptions, type ReinitResult } from './reinit.ts'
export { reloadCluster, type ReloadResult } from './reload.ts'
export { rollingRestart, type RollingRestartOptions, type RollingRestartResult } from './rolling-restart.ts'
export { switchover, type SwitchoverOptions, type SwitchoverResult } from './switchover.ts'
export { vipConnection } from './vip-connection.ts'
export {
  createWriteProbe,
  longestWriteGap,
  type ProbeHistory,
  type WriteGap,
  type WriteProbe,
  type WriteProbeOptions,
} from './write-probe.ts'
export { type LoggedService, loggedServices, type LogsOptions, readLogs } from './logs.ts'
export { clientPsql, hostPsql, type TerminalProgram } from './psql.ts'
export { readClusterView } from './cluster-view.ts'
