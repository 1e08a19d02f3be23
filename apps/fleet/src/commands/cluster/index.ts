import { defineGroup } from '../../command.ts'
import { clusterBackup } from './backup.ts'
import { clusterBackups } from './backups.ts'
import { clusterCheck } from './check.ts'
import { clusterFailover } from './failover.ts'
import { clusterInit } from './init.ts'
import { clusterLogs } from './logs.ts'
import { clusterPause } from './pause.ts'
import { clusterPsql } from './psql.ts'
import { clusterReinit } from './reinit.ts'
import { clusterReload } from './reload.ts'
import { clusterRestart } from './restart.ts'
import { clusterResume } from './resume.ts'
import { clusterSwitchover } from './switchover.ts'

export const cluster = defineGroup('cluster', 'The on-premise PostgreSQL cluster', [
  clusterInit,
  clusterCheck,
  clusterSwitchover,
  clusterFailover,
  clusterRestart,
  clusterReload,
  clusterReinit,
  clusterPause,
  clusterResume,
  clusterLogs,
  clusterPsql,
  clusterBackup,
  clusterBackups,
])
