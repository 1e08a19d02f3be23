import { checkBeyondCluster, checkGap, checkHealthyAgain } from '../checkers/availability.ts'
import { checkFeedComplete, checkFeedOrder, type FeedReaders } from '../checkers/feed.ts'
import { type Finding, unknown } from '../checkers/finding.ts'
import { checkLooksBack } from '../checkers/looks-back.ts'
import { checkOnePrimary } from '../checkers/one-primary.ts'
import { checkReadYourWrites } from '../checkers/read-your-writes.ts'
import { checkRegisters } from '../checkers/register.ts'
import { checkRestored } from '../checkers/restored.ts'
import { checkTransitions } from '../checkers/transitions.ts'
import { checkNoErrors, checkSettled } from '../checkers/users.ts'
import { checkNothingLost, checkNothingTwice, checkNothingUnasked } from '../checkers/written-once.ts'
import type { Drill, WorkloadName } from '../drills/drill.ts'
import type { Fault } from '../faults/fault.ts'
import { commandKind, endedFromMs, endingsOf } from '../workloads/app/dispatchers.ts'
import { lookBackKind, screens } from '../workloads/app/screens.ts'
import { fixKind } from '../workloads/app/trackers.ts'
import { insertKind } from '../workloads/sql/inserts.ts'
import { lookKind } from '../workloads/sql/sessions.ts'
import { type DrillRecord, operationsOf } from './drill-record.ts'
import { watchOf } from './watch.ts'

/** Something that must hold in every drill with these workloads. */
export interface Rule {
  readonly name: string
  /** The promise, a sentence. */
  readonly says: string
  /** Whose answers it rests on; without one of them in the drill there is nothing to check. */
  readonly workloads: readonly WorkloadName[]
  /** Only drills that do this have it. */
  readonly fault?: Fault['do']
  readonly check: (record: DrillRecord) => Finding
}

const writers = [
  { workload: 'inserts', what: 'rows written by SQL', kinds: [insertKind] },
  { workload: 'dispatchers', what: 'commands of dispatchers', kinds: [commandKind] },
  { workload: 'trackers', what: 'positions of phones', kinds: [fixKind] },
] as const

const writtenOnce: readonly Rule[] = writers.flatMap(({ workload, what, kinds }): readonly Rule[] => {
  const rule = (name: string, says: string, check: typeof checkNothingLost): Rule => ({
    name: `${workload}-${name}`,
    says,
    workloads: [workload],
    check: (record) => check(operationsOf(record, workload), kinds),
  })
  return [
    rule('kept', `Of ${what}: what was acknowledged is there.`, checkNothingLost),
    rule(
      'once',
      `Of ${what}: none is there twice, those of unknown outcome at most once.`,
      checkNothingTwice,
    ),
    rule('asked', `Of ${what}: none is there that was refused or never sent.`, checkNothingUnasked),
  ]
})

const feedOf = (record: DrillRecord) =>
  operationsOf(record, 'screens').filter(({ kind }) => kind === 'change' || kind === 'snapshot')

const beyondClusterMs = 1_500
/** An app that is restarted itself is away for as long as its drill says. */
const allowedBeyondMs = ({ steps, limits }: Drill) =>
  steps.some(({ fault }) => fault.do === 'restart-app')
    ? limits.appGapMs - limits.writeGapMs
    : beyondClusterMs

const readersOf = (record: DrillRecord): FeedReaders => ({
  count: screens,
  endedFromMs: endedFromMs(operationsOf(record, 'dispatchers')),
})

/** Every promise, in the order of the report. */
export const rules: readonly Rule[] = [
  ...writtenOnce,
  {
    name: 'restored',
    says: 'A copy restored to a moment has every row that was acknowledged before it, once, and none begun after it.',
    workloads: ['inserts'],
    fault: 'restore-backup',
    check: (record) => checkRestored(operationsOf(record, 'inserts'), insertKind),
  },
  {
    name: 'rows-linearizable',
    says: 'Reads and read-modify-writes of each row have one order that agrees with time and with every answer.',
    workloads: ['registers'],
    check: (record) => checkRegisters(operationsOf(record, 'registers')),
  },
  {
    name: 'read-your-writes',
    says: 'Who wrote reads that write on the port of the standbys, or what came after it.',
    workloads: ['sessions'],
    check: (record) => checkReadYourWrites(operationsOf(record, 'sessions')),
  },
  {
    name: 'feed-in-order',
    says: 'Every screen got the changes in order, each once.',
    workloads: ['screens'],
    check: (record) => checkFeedOrder(feedOf(record), readersOf(record)),
  },
  {
    name: 'feed-complete',
    says: 'Every screen got every acknowledged command.',
    workloads: ['screens', 'dispatchers'],
    // A drill that ended midway did not wait for its screens.
    check: (record) =>
      record.incomplete === null
        ? checkFeedComplete(feedOf(record), operationsOf(record, 'dispatchers'), readersOf(record))
        : unknown(record.incomplete),
  },
  {
    name: 'looks-back',
    says: 'Who looked back through the app saw everything that had ended before.',
    workloads: ['screens', 'dispatchers'],
    check: (record) =>
      checkLooksBack(
        operationsOf(record, 'screens').filter(({ kind }) => kind === lookBackKind),
        endingsOf(operationsOf(record, 'dispatchers')),
      ),
  },
  {
    name: 'delivery-states',
    says: 'No delivery took a step that its state machine forbids.',
    workloads: ['dispatchers'],
    check: (record) =>
      checkTransitions(
        operationsOf(record, 'dispatchers'),
        record.setup.deliveryTransitions,
        record.setup.deliveryBegins,
      ),
  },
  {
    name: 'settled',
    says: 'Nobody is left with a request of which it is not known what became of it.',
    workloads: ['dispatchers', 'trackers'],
    // A drill that ended midway gave up what its clients would have settled.
    check: (record) =>
      record.incomplete === null
        ? checkSettled(
            operationsOf(record, 'dispatchers', 'trackers').filter(({ kind }) =>
              [commandKind, fixKind].includes(kind),
            ),
          )
        : unknown(record.incomplete),
  },
  {
    name: 'no-errors-seen',
    says: 'No dispatcher was shown an error.',
    workloads: ['dispatchers'],
    check: (record) =>
      checkNoErrors(operationsOf(record, 'dispatchers').filter(({ kind }) => kind === commandKind)),
  },
  {
    name: 'no-refusals',
    says: 'No phone was refused a position.',
    workloads: ['trackers'],
    check: (record) => checkNoErrors(operationsOf(record, 'trackers').filter(({ kind }) => kind === fixKind)),
  },
  {
    name: 'one-primary',
    says: 'Never two nodes took writes at one time.',
    workloads: [],
    check: (record) => checkOnePrimary(record.nodes, record.setup.nodes, watchOf(record)),
  },
  {
    name: 'write-gap',
    says: 'Writes by SQL came back in time.',
    workloads: ['inserts'],
    check: (record) =>
      checkGap(
        operationsOf(record, 'inserts').filter(({ kind }) => kind === insertKind),
        record.events,
        record.setup.drill.limits.writeGapMs,
      ),
  },
  {
    name: 'read-gap',
    says: 'Reads on the port of the standbys came back in time.',
    workloads: ['sessions'],
    check: (record) =>
      checkGap(
        operationsOf(record, 'sessions').filter(({ kind }) => kind === lookKind),
        record.events,
        record.setup.drill.limits.readGapMs,
      ),
  },
  {
    name: 'app-gap',
    says: 'The app took commands again in time.',
    workloads: ['dispatchers'],
    check: (record) =>
      checkGap(
        operationsOf(record, 'dispatchers').filter(({ kind }) => kind === commandKind),
        record.events,
        record.setup.drill.limits.appGapMs,
      ),
  },
  {
    name: 'app-beyond-cluster',
    says: 'Who works through the app waited hardly longer than who speaks to the cluster itself.',
    workloads: ['inserts', 'dispatchers'],
    check: (record) =>
      checkBeyondCluster(
        operationsOf(record, 'dispatchers').filter(({ kind }) => kind === commandKind),
        operationsOf(record, 'inserts').filter(({ kind }) => kind === insertKind),
        record.events,
        allowedBeyondMs(record.setup.drill),
      ),
  },
  {
    name: 'healthy-again',
    says: 'Everything was healthy again in time.',
    workloads: [],
    check: ({ events, setup }) => checkHealthyAgain(events, setup.drill.limits.healthyAgainMs),
  },
]

type WhoAndWhat = Pick<Drill, 'workloads' | 'steps'>

/** Rules that can be checked with the workloads and faults of a drill. */
export const rulesFor = ({ workloads, steps }: WhoAndWhat, all: readonly Rule[] = rules): readonly Rule[] =>
  all.filter(
    ({ workloads: needed, fault }) =>
      needed.every((workload) => workloads.includes(workload)) &&
      (fault === undefined || steps.some((step) => step.fault.do === fault)),
  )

/** What must hold in a drill, a sentence each. */
export const promisesOf = (drill: WhoAndWhat): readonly string[] => rulesFor(drill).map(({ says }) => says)
