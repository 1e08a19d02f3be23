import type { WorkloadName } from '../drills/drill.ts'
import { dispatchersAtWork } from './app/dispatchers.ts'
import { screensOpen } from './app/screens.ts'
import { phonesAtWork } from './app/trackers.ts'
import { inserts } from './sql/inserts.ts'
import { registers } from './sql/registers.ts'
import { sessions } from './sql/sessions.ts'
import type { Workload } from './workload.ts'

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  inserts,
  registers,
  sessions,
  dispatchers: dispatchersAtWork,
  trackers: phonesAtWork,
  screens: screensOpen,
}

/** Those whose clients speak to the app instead of PostgreSQL. */
export const appWorkloads: readonly WorkloadName[] = ['dispatchers', 'trackers', 'screens']
