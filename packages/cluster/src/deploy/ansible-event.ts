import { z } from 'zod'

const change = z.object({
  path: z.string(),
  state: z.enum(['created', 'changed', 'removed']),
  secret: z.boolean(),
  diff: z.string().optional(),
})
/** A path on a host that differs from what the renderer says. */
export type PathChange = z.output<typeof change>

/** Also what else a module returns is let through unread. */
export const moduleReport = z.object({
  changes: z.array(change).optional(),
  pending: z.record(z.string(), z.string()).optional(),
  unsettled: z.array(z.string()).optional(),
  actions: z.array(z.string()).optional(),
})
/** What our own modules say of a host: see their documentation below deploy/ansible/library. */
export type ModuleReport = z.output<typeof moduleReport>

const event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('play'), name: z.string() }),
  z.object({ event: z.literal('task'), task: z.string(), name: z.string() }),
  // Whether the task's condition holds on the host is not known yet.
  z.object({ event: z.literal('start'), task: z.string(), host: z.string() }),
  z.object({
    event: z.literal('result'),
    task: z.string(),
    host: z.string(),
    outcome: z.enum(['ok', 'changed', 'skipped', 'failed', 'ignored', 'unreachable']),
    durationMs: z.number(),
    report: moduleReport,
    message: z.string().optional(),
  }),
  z.object({ event: z.literal('end'), failedHosts: z.array(z.string()) }),
])
/** One line of our callback plugin, deploy/ansible/callback_plugins/fleet_events.py. */
export type AnsibleEvent = z.output<typeof event>

/** @throws Error for a line that the plugin does not write: a bug of ours */
export function parseAnsibleEvent(line: string): AnsibleEvent {
  return event.parse(JSON.parse(line))
}

/** Cuts a stream of pieces into lines, whatever the pieces' borders. The last line needs its newline. */
export function createLineReader(onLine: (line: string) => void): (piece: string) => void {
  let rest = ''
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}
