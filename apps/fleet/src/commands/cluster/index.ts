import { defineGroup } from '../../command.ts'
import { clusterBackup } from './backup.ts'
import { clusterBackups } from './backups.ts'
import { clusterCertsList } from './certs-list.ts'
import { clusterCertsRenew } from './certs-renew.ts'
import { clusterCheck } from './check.ts'
import { clusterDeploy } from './deploy.ts'
import { clusterDestroy } from './destroy.ts'
import { clusterDiff } from './diff.ts'
import { clusterFailover } from './failover.ts'
import { clusterInit } from './init.ts'
import { clusterLogs } from './logs.ts'
import { clusterPause } from './pause.ts'
import { clusterPsql } from './psql.ts'
import { clusterReinit } from './reinit.ts'
import { clusterReload } from './reload.ts'
import { clusterRender } from './render.ts'
import { clusterRestart } from './restart.ts'
import { clusterResume } from './resume.ts'
import { clusterSecretsList } from './secrets-list.ts'
import { clusterSecretsRotate } from './secrets-rotate.ts'
import { clusterStatus } from './status.ts'
import { clusterSwitchover } from './switchover.ts'

export const cluster = defineGroup('cluster', 'The on-premise PostgreSQL cluster', [
  clusterInit,
  clusterCheck,
  clusterRender,
  clusterDiff,
  clusterDeploy,
  clusterStatus,
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
  defineGroup('secrets', 'Passwords of the cluster', [clusterSecretsList, clusterSecretsRotate]),
  defineGroup('certs', 'Certificates of the cluster', [clusterCertsList, clusterCertsRenew]),
  clusterDestroy,
])
