/** Who a fault happens to: chosen before the first fault, by what each machine is then, and the same until the end. */
export const actors = [
  'primary',
  'standby',
  'other-standby',
  'etcd-leader',
  'etcd-follower',
  'vip-holder',
  'backup',
] as const
export type Actor = (typeof actors)[number]

/** Several at once; `client` is whoever works from outside the cluster's machines. */
export type ActorGroup = 'every-etcd' | 'everyone-else' | 'client'

/** Something that goes wrong, as data. What can be healed is healed, at the latest when the drill ends. */
export type Fault =
  /** `kill -9`, by the name that `ps -o comm` shows. */
  | { readonly do: 'kill'; readonly process: string; readonly on: Actor | 'every-etcd' }
  /** Stopped between two instructions (SIGSTOP), all processes of the name; healed: they go on. */
  | { readonly do: 'hang'; readonly process: string; readonly on: Actor }
  /** Silently, as a power supply dies: the link first; healed: it boots from its disk. */
  | { readonly do: 'power-off'; readonly on: Actor }
  /** Packets are dropped, nobody is told; healed: all cuts are. */
  | {
      readonly do: 'cut'
      readonly from: Actor
      readonly to: Actor | ActorGroup
      /** What `to` sends still arrives (`out`), or what `from` sends (`in`). */
      readonly direction?: 'both' | 'out' | 'in'
    }
  /** From everybody, ARP included; its link stays up. Healed: it is back. */
  | { readonly do: 'isolate'; readonly on: Actor }
  /** On the machine itself packets from and to these ports of others are dropped; healed: no more. */
  | { readonly do: 'block-ports'; readonly ports: readonly number[]; readonly on: Actor }
  /** In good order, and not waited for; healed: it is started again. */
  | { readonly do: 'stop-service'; readonly unit: string; readonly on: Actor | 'every-etcd' }
  | { readonly do: 'restart-service'; readonly unit: string; readonly on: Actor }
  /** In good order, one after another; without `to` whichever standby is first. */
  | { readonly do: 'switchover'; readonly times: number; readonly to?: Actor }
  /** PostgreSQL of one standby, or of all nodes one by one. */
  | { readonly do: 'restart-postgresql'; readonly on: 'standby' | 'all-nodes' }
  /** No byte is left for WAL; healed: there is room again. Needs the arrangement `small-wal-disk`. */
  | { readonly do: 'fill-wal-disk'; readonly on: Actor }
  /** Every file of PostgreSQL's data directory is removed under it; healed: it is copied anew from the new primary. */
  | { readonly do: 'delete-data'; readonly on: Actor }
  /** Patroni and PostgreSQL see another time, and are started again for it; healed: the right one. */
  | { readonly do: 'shift-clock'; readonly byS: number; readonly on: Actor }
  | { readonly do: 'restart-app' }
  /** Incremental, by the same unit as the timers'. */
  | { readonly do: 'take-backup' }
  /** The newest, to a moment of now, into a folder of its own that is removed again. */
  | { readonly do: 'restore-backup'; readonly on: Actor }

/** What is so before the drill begins, and is taken back after it. */
export type Arrangement =
  /** The WAL of the node is on a disk of its own that can be made full. */
  | { readonly do: 'small-wal-disk'; readonly on: 'standby' }
  | { readonly do: 'switchover-to'; readonly on: 'standby' }
  | { readonly do: 'etcd-leader-to'; readonly on: 'primary' }

type FaultOf<Do extends Fault['do']> = Extract<Fault, { readonly do: Do }>
/** Something for each kind of fault. A kind without one does not compile. */
export type FaultTable<Result, More extends readonly unknown[]> = {
  readonly [Do in Fault['do']]: (fault: FaultOf<Do>, ...more: More) => Result
}

const words: FaultTable<string, [nameOf: (actor: string) => string]> = {
  kill: ({ process, on }, nameOf) => `kill -9 of ${process} on ${nameOf(on)}`,
  hang: ({ process, on }, nameOf) => `${process} hangs on ${nameOf(on)}`,
  'power-off': ({ on }, nameOf) => `${nameOf(on)} loses its power silently`,
  cut({ from, to, direction = 'both' }, nameOf) {
    const [one, other] = [nameOf(from), nameOf(to)]
    if (direction === 'both') return `${one} is cut from ${other}`
    return direction === 'out'
      ? `what ${one} sends to ${other} is lost`
      : `what ${other} sends to ${one} is lost`
  },
  isolate: ({ on }, nameOf) => `${nameOf(on)} is cut from everybody`,
  'block-ports': ({ on, ports }, nameOf) =>
    `${nameOf(on)} is cut from ports ${ports.join(', ')} of the others`,
  'stop-service': ({ unit, on }, nameOf) => `${unit} is stopped on ${nameOf(on)}`,
  'restart-service': ({ unit, on }, nameOf) => `${unit} is restarted on ${nameOf(on)}`,
  switchover: ({ times, to }, nameOf) =>
    (times === 1 ? 'a switchover' : `${times} switchovers, one after another`) +
    (to ? ` to ${nameOf(to)}` : ''),
  'restart-postgresql': ({ on }, nameOf) =>
    `PostgreSQL is restarted on ${on === 'standby' ? nameOf(on) : 'every node, one by one'}`,
  'fill-wal-disk': ({ on }, nameOf) => `the WAL disk of ${nameOf(on)} is full`,
  'delete-data': ({ on }, nameOf) => `the data directory of ${nameOf(on)} is deleted`,
  'shift-clock': ({ on, byS }, nameOf) => `the clock of ${nameOf(on)} is ${byS} s off`,
  'restart-app': () => 'the app is stopped and started again',
  'take-backup': () => 'a backup is taken',
  'restore-backup': ({ on }, nameOf) => `the newest backup is restored beside ${nameOf(on)}, and read`,
}

/** A fault in words, with machines' names for actors when they are known. */
export const describeFault = (fault: Fault, nameOf: (actor: string) => string = (actor) => actor): string =>
  pickFrom(words, fault)(fault, nameOf)

/** The entry of a fault's own kind: the compiler does not see that the two belong together. */
export const pickFrom = <Result, More extends readonly unknown[]>(
  table: FaultTable<Result, More>,
  fault: Fault,
): ((fault: Fault, ...more: More) => Result) => table[fault.do] as (fault: Fault, ...more: More) => Result
