// What the app and the lab use. Files of this package import each other directly.
export { ClusterError, type ClusterErrorCode } from './cluster-error.ts'
export { type ClusterHome, createClusterHome } from './home.ts'
export { paths, ports, postgresqlPrograms } from './layout.ts'
export { allPackages } from './packages.ts'
export { deployCluster, type DeployReport } from './deploy/deploy-cluster.ts'
export type { DeployEvent, OnDeployEvent } from './deploy/deploy-event.ts'
export { confirmName, destroyCluster, type DestroyReport } from './deploy/destroy-cluster.ts'
export { diffCluster, type HostDiff } from './deploy/diff-cluster.ts'
export type { HostShell } from './hosts/host-shell.ts'
export { type ProgramEnd, type ProgramOptions, runProgram } from './hosts/run-program.ts'
export { createSingleUseShell } from './hosts/single-use-shell.ts'
export { openSshShell } from './hosts/ssh-shell.ts'
export { readStanza, takeBackup } from './operate/backup.ts'
export { readClusterView } from './operate/cluster-view.ts'
export { failover } from './operate/failover.ts'
export { loggedServices, readLogs } from './operate/logs.ts'
export { pauseCluster, resumeCluster } from './operate/maintenance.ts'
export type { WriteMeasure } from './operate/measure-gap.ts'
export { type Operation, type OperationClock, type OperationEvent, systemClock } from './operate/operation.ts'
export { clientPsql, hostPsql, type TerminalProgram } from './operate/psql.ts'
export { reinitNode } from './operate/reinit.ts'
export { reloadCluster } from './operate/reload.ts'
export { rollingRestart } from './operate/rolling-restart.ts'
export { switchover } from './operate/switchover.ts'
export { vipConnection } from './operate/vip-connection.ts'
export {
  createWriteProbe,
  longestWriteGap,
  type ProbeHistory,
  type WriteProbe,
} from './operate/write-probe.ts'
export { createPatroniClient } from './patroni/patroni-client.ts'
export type { BackupKind, PgbackrestStanza } from './pgbackrest/pgbackrest-info.ts'
export { certificatesOf } from './pki/certificates-of.ts'
export type { ClusterPki } from './pki/cluster-pki.ts'
export { authorityFiles } from './pki/pki-files.ts'
export { ensurePki, listCertificates, readPki } from './pki/pki-store.ts'
export { certificatePaths } from './render/certificate-files.ts'
export { firewallTable } from './render/nftables.ts'
export { renderCluster } from './render/render-cluster.ts'
export { writeRender } from './render/write-render.ts'
export type { ClusterSecrets } from './secrets/cluster-secrets.ts'
export { findSecret, rotateSecrets } from './secrets/rotate-secrets.ts'
export { type SecretName, secretNames, secretTable } from './secrets/secrets-file.ts'
export { ensureSecrets, readSecrets, readStoredSecrets } from './secrets/secrets-store.ts'
export { checkFiles } from './spec/check-files.ts'
export { type ClusterSpec, type HostRole, hostsWith, type SpecProblem } from './spec/cluster-spec.ts'
export { type ClusterYmlOptions, referenceOptions, renderClusterYml } from './spec/cluster-yml-template.ts'
export { parseClusterYml } from './spec/parse-cluster-yml.ts'
export {
  type ClusterStatus,
  exitCodeOf,
  type HaproxyStatus,
  type MemberStatus,
  type StatusLevel,
} from './status/cluster-status.ts'
export { collectObservations } from './status/collect-observations.ts'
export { judge } from './status/judge.ts'
export type { Observations } from './status/observations.ts'
export { bytesInWords, durationInWords } from './status/quantity-words.ts'
export { type Warning, warningCodes } from './status/warning.ts'
