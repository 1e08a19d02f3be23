import type { HistoryRecorder } from '../history/recorder.ts'
import type { RunningWorkload } from '../workloads/workload.ts'
import { doAll, untilAllEnded } from './do-all.ts'

/**
 * Settles what is under way, reads what is there in the end, the last first, and closes the history in good order, so
 * that what was recorded can be judged. A workload that cannot be stopped or read keeps none from it.
 *
 * @throws the first failure, when all were read
 */
export const finishWorkloads = (
  running: readonly RunningWorkload[],
  settleTimeoutMs: number,
  recorder: Pick<HistoryRecorder, 'close'>,
  note: (text: string) => void,
): Promise<void> =>
  doAll([
    () => untilAllEnded(running.map((each) => each.stop(settleTimeoutMs))),
    () => note('reading what is there in the end'),
    ...running.toReversed().map((each) => () => each.readEnd()),
    () => recorder.close(),
  ])
