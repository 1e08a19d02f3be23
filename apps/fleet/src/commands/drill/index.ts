import { defineGroup } from '../../command.ts'
import { drillHistory } from './history.ts'
import { drillList } from './list.ts'
import { drillReport } from './report.ts'
import { drillRun } from './run.ts'

export const drill = defineGroup(
  'drill',
  'Break the cluster on purpose and prove from what was recorded that it held',
  [drillList, drillRun, drillReport, drillHistory],
)
