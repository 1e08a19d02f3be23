import { backupAway } from './backup-away.ts'
import { backupUnderLoad } from './backup-under-load.ts'
import { backupRestore } from './backup-restore.ts'
import { bothStandbysOff } from './both-standbys-off.ts'
import { clockOff } from './clock-off.ts'
import { dataDeleted } from './data-deleted.ts'
import { etcdKilled } from './etcd-killed.ts'
import { etcdLeaderStopped } from './etcd-leader-stopped.ts'
import { etcdMemberStopped } from './etcd-member-stopped.ts'
import { etcdStopped } from './etcd-stopped.ts'
import { haproxyRestart } from './haproxy-restart.ts'
import { patroniFrozen } from './patroni-frozen.ts'
import { patroniKilled } from './patroni-killed.ts'
import { postgresqlFrozen } from './postgresql-frozen.ts'
import { postgresqlKilled } from './postgresql-killed.ts'
import { primaryAndAcknowledgingStandbyOff } from './primary-and-acknowledging-standby-off.ts'
import { primaryAndEtcdLeaderPowerOff } from './primary-and-etcd-leader-power-off.ts'
import { primaryCutFromEtcd } from './primary-cut-from-etcd.ts'
import { primaryCutOff } from './primary-cut-off.ts'
import { primaryDeaf } from './primary-deaf.ts'
import { primaryPowerOff } from './primary-power-off.ts'
import { primaryUnheard } from './primary-unheard.ts'
import { rollingRestart } from './rolling-restart.ts'
import { standbyCutFromBoth } from './standby-cut-from-both.ts'
import { standbyPowerOff } from './standby-power-off.ts'
import { standbyRestart } from './standby-restart.ts'
import { switchover } from './switchover.ts'
import { twentySwitchovers } from './twenty-switchovers.ts'
import { vipHolderCutOff } from './vip-holder-cut-off.ts'
import { vipHolderPowerOff } from './vip-holder-power-off.ts'
import { walDiskFull } from './wal-disk-full.ts'
import type { Drill } from './drill.ts'

/** Every drill, in the order in which `--all` runs them. */
export const drills: readonly Drill[] = [
  postgresqlKilled,
  patroniKilled,
  patroniFrozen,
  postgresqlFrozen,
  primaryPowerOff,
  primaryAndEtcdLeaderPowerOff,
  standbyPowerOff,
  bothStandbysOff,
  primaryAndAcknowledgingStandbyOff,
  primaryCutOff,
  primaryCutFromEtcd,
  primaryUnheard,
  primaryDeaf,
  standbyCutFromBoth,
  etcdStopped,
  etcdKilled,
  etcdMemberStopped,
  etcdLeaderStopped,
  switchover,
  twentySwitchovers,
  standbyRestart,
  haproxyRestart,
  backupUnderLoad,
  backupRestore,
  rollingRestart,
  walDiskFull,
  dataDeleted,
  vipHolderPowerOff,
  vipHolderCutOff,
  backupAway,
  clockOff,
]
