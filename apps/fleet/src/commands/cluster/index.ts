import { defineGroup } from '../../command.ts'
import { clusterCheck } from './check.ts'
import { clusterInit } from './init.ts'

export const cluster = defineGroup('cluster', 'The on-premise PostgreSQL cluster', [
  clusterInit,
  clusterCheck,
])
