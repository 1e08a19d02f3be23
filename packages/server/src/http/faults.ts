import type { z } from 'zod'
import type { FieldFault } from './problem.ts'

type Issue = z.core.$ZodIssue

/**
 * Faults of a value as people read them: where, and what it must be. The value itself is never repeated, because
 * it may be a password and ends up in logs and screenshots.
 *
 * @param within `path`, `query`, or '' for the body
 */
export function faultsOf(issues: readonly Issue[], within: string, value: unknown): FieldFault[] {
  return issues.flatMap((issue) => faultsOfIssue(issue, within, value)).slice(0, maxFaults)
}

/** A body of nothing but unknown names must not get an answer of its own size. */
const maxFaults = 100

function faultsOfIssue(issue: Issue, within: string, value: unknown): FieldFault[] {
  const field = nameOf(issue.path, within)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: nameOf([...issue.path, printable(key)], within),
      message: 'is not a field of this request',
    }))
  return [{ field, message: isMissing(value, issue.path) ? 'is required' : messageOf(issue) }]
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type')
    return `must be ${readableTypes[issue.expected] ?? `of type ${issue.expected}`}`
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_union') return 'is none of the kinds that there are'
  if (issue.code === 'too_small') return `must ${amount('at least', issue.minimum, issue.origin)}`
  if (issue.code === 'too_big') return `must ${amount('at most', issue.maximum, issue.origin)}`
  if (issue.code === 'invalid_format' && issue.format === 'uuid') return 'must be a UUID'
  // Messages of ours in the schemas read on from the field's name; zod's own begin with "Invalid".
  return issue.message.startsWith('Invalid') ? 'is not in the right form' : issue.message
}

const readableTypes: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
}
function amount(bound: string, count: number | bigint, origin: string): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' ? 'item' : null
  if (unit === null) return `be ${bound} ${count}`
  return `have ${bound} ${count} ${unit}${Number(count) === 1 ? '' : 's'}`
}

/** `pickup.point.lat`, `polygon[3].lat`, `query limit`; `body` for the body as a whole. */
function nameOf(path: readonly PropertyKey[], within: string): string {
  const inner = path.reduce<string>(
    (name, part) =>
      typeof part === 'number' ? `${name}[${part}]` : name === '' ? String(part) : `${name}.${String(part)}`,
    '',
  )
  if (within === '') return inner === '' ? 'body' : inner
  return inner === '' ? within : `${within} ${inner}`
}

/** Whether nothing was sent at this place. What a schema took apart by itself (`a,b`) has no place in the request. */
function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  let inner = value
  for (const part of path) {
    if (typeof inner !== 'object' || inner === null) return false
    inner = (inner as Record<PropertyKey, unknown>)[part]
  }
  return inner === undefined
}

/** A name that the client made up, short and without what could break a line. */
const printable = (name: string) =>
  name
    .toWellFormed()
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 60)
