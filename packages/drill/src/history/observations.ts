/** What was seen of the cluster beside its clients, while a drill ran. Times as in the history. */
export type Sample =
  /** One node of itself. It was so at some moment between the question and the answer. */
  | {
      readonly type: 'node'
      readonly node: string
      readonly askedMs: number
      readonly answeredMs: number
      /** PostgreSQL is not in recovery. */
      readonly primary: boolean
      /** And a commit on it would be acknowledged: a standby whose word counts streams from it, or none has to. */
      readonly writable: boolean
    }
  /** What `fleet cluster status` said. */
  | {
      readonly type: 'status'
      readonly askedMs: number
      readonly answeredMs: number
      readonly level: 'healthy' | 'degraded' | 'down'
      readonly verdict: string
      readonly primary: string | null
    }

export type NodeSample = Extract<Sample, { type: 'node' }>
export type StatusSample = Extract<Sample, { type: 'status' }>

/** What the drill itself did or waited for. */
export interface DrillEvent {
  readonly atMs: number
  readonly wallMs: number
  /**
   * `steady`: every workload had its first answers. `injecting`, `injected`: before and after a fault was done.
   * `healed`: it was taken back. `settled`: the last of all this. `healthy`: status said so after `settled`.
   * `stopped`: the clients began nothing new. `note`: for people.
   */
  readonly kind:
    | 'started'
    | 'steady'
    | 'injecting'
    | 'injected'
    | 'healed'
    | 'settled'
    | 'healthy'
    | 'stopped'
    | 'note'
  readonly text: string
}
