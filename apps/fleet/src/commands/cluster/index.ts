import { defineGroup } from '../../command.ts'

export const cluster = defineGroup('cluster', 'The on-premise PostgreSQL cluster', [])
