import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { formatNetwork, parseAddress, parseNetwork } from './ipv4.ts'
import { nearestWord } from './nearest-word.ts'
import { Fault, type FieldReader, type Written } from './spec-source.ts'
import { parseDuration, parseSize } from './units.ts'

/** Any text, in YAML's reading: a number or `true` is none. */
const asText = ({ value, text }: Written, what: string): string | Fault =>
  typeof value === 'string'
    ? value
    : new Fault(
        `It is ${text}, which YAML reads as a ${typeof value}.`,
        `${what} is text.`,
        `Put it in quotes: "${text}".`,
      )

const mapText =
  <T>(what: string, read: (text: string) => T | Fault): FieldReader<T> =>
  (written) => {
    const text = asText(written, what)
    return text instanceof Fault ? text : read(text)
  }

/** @param rule a pattern over the whole text, and in words */
export const textLike = (what: string, pattern: RegExp, rule: string): FieldReader<string> =>
  mapText(what, (text) =>
    pattern.test(text)
      ? text
      : new Fault(`"${text}" is no ${what}.`, `A ${what} is ${rule}.`, 'Write one of that form.'),
  )

export const choice = <const T extends string>(values: readonly T[]): FieldReader<T> =>
  mapText('This', (text) => {
    const found = values.find((value) => value === text)
    if (found !== undefined) return found
    const near = nearestWord(text, values)
    return new Fault(
      `"${text}" is none of ${values.join(', ')}.`,
      'There are no other choices.',
      near === null ? `Write one of ${values.join(', ')}.` : `Did you mean ${near}?`,
    )
  })

export const trueOrFalse: FieldReader<boolean> = ({ value, text }) =>
  typeof value === 'boolean'
    ? value
    : new Fault(`"${text}" is neither true nor false.`, 'It is a switch.', 'Write true or false.')

/** @param why what goes wrong outside the range */
export const wholeNumber =
  (min: number, max: number, why: string): FieldReader<number> =>
  ({ value, text }) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : new Fault(
          `"${text}" is no whole number from ${min} to ${max}.`,
          why,
          `Write one from ${min} to ${max}.`,
        )

/** `8 GB`, in whole megabytes. */
export const sizeInMb =
  (minMb: number, why: string): FieldReader<number> =>
  ({ text }) => {
    const bytes = parseSize(text)
    if (bytes === null) return noUnit(text, 'size', ' GB', 'kB, MB, GB or TB')
    const mb = Math.floor(bytes / 2 ** 20)
    return mb >= minMb
      ? mb
      : new Fault(`${text} is less than ${minMb} MB.`, why, `Give it ${minMb} MB or more.`)
  }

/** `30s` in milliseconds. @param unit what a number without one most likely means */
export const durationInMs =
  (minMs: number, maxMs: number, why: string, unit: 's' | 'ms' | ' days' = 'ms'): FieldReader<number> =>
  ({ text }) => {
    const ms = parseDuration(text)
    if (ms === null) return noUnit(text, 'duration', unit, 'ms, s, min, h or d')
    return ms >= minMs && ms <= maxMs
      ? ms
      : new Fault(
          `${text} is not from ${describeMs(minMs)} to ${describeMs(maxMs)}.`,
          why,
          `Write a duration from ${describeMs(minMs)} to ${describeMs(maxMs)}.`,
        )
  }

/** `20s` in whole seconds. */
export const durationInS = (minS: number, maxS: number, why: string): FieldReader<number> =>
  wholeUnits(1_000, 'seconds', durationInMs(minS * 1_000, maxS * 1_000, why, 's'))

/** `30 days` in whole days. */
export const durationInDays = (minDays: number, maxDays: number, why: string): FieldReader<number> =>
  wholeUnits(86_400_000, 'days', durationInMs(minDays * 86_400_000, maxDays * 86_400_000, why, ' days'))

const wholeUnits =
  (unitMs: number, name: string, read: FieldReader<number>): FieldReader<number> =>
  (written) => {
    const ms = read(written)
    if (ms instanceof Fault || ms % unitMs === 0) return ms instanceof Fault ? ms : ms / unitMs
    return new Fault(
      `${written.text} is not a whole number of ${name}.`,
      `It is counted in ${name}.`,
      `Write ${Math.ceil(ms / unitMs)} ${name === 'seconds' ? 's' : name}.`,
    )
  }

function noUnit(text: string, what: string, unit: string, units: string): Fault {
  const isBare = /^\d+(\.\d+)?$/.test(text)
  return new Fault(
    isBare ? `${text} has no unit.` : `"${text}" is no ${what}.`,
    `A ${what} is a number with its unit: ${units}.`,
    isBare ? `Write ${text}${unit}, if that is what was meant.` : `Write it like 30${unit}.`,
  )
}

const describeMs = (ms: number): string => {
  if (ms % 86_400_000 === 0 && ms > 0) return `${ms / 86_400_000} days`
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`
}

export const address: FieldReader<string> = mapText('An address', (text) =>
  parseAddress(text) === null
    ? new Fault(
        `"${text}" is no IPv4 address.`,
        'Certificates, firewall and PostgreSQL need the address itself.',
        'Write four numbers from 0 to 255 with dots, like 10.0.0.11.',
      )
    : text,
)

export const network: FieldReader<string> = mapText('A network', (text) => {
  if (parseAddress(text) !== null) return `${text}/32`
  const parsed = parseNetwork(text)
  if (parsed === null)
    return new Fault(
      `"${text}" is no IPv4 network.`,
      'Firewall and PostgreSQL would refuse it.',
      'Write ADDRESS/PREFIX, like 10.0.0.0/24.',
    )
  return formatNetwork(parsed) === text
    ? text
    : new Fault(
        `"${text}" has bits behind its prefix.`,
        'It is unclear whether the address or the network around it is meant.',
        `Write ${formatNetwork(parsed)} for the network, or ${text.split('/')[0]}/32 for the one machine.`,
      )
})

export const absolutePath: FieldReader<string> = mapText('A path', (text) =>
  /^\/(?!\/)[\w./+@-]*$/.test(text) && !text.split('/').includes('..')
    ? text.replace(/(.)\/+$/, '$1')
    : new Fault(
        `"${text}" is no absolute path.`,
        'Services have no folder that a relative path could start from, and configuration files no way to quote a blank.',
        'Write it from / on, with letters, digits and . _ + @ - only.',
      ),
)

/** A file of the operator's machine: absolute, `~/` for the home folder, else beside cluster.yml. Absolute then. */
export const operatorFile = (specFile: string): FieldReader<string> =>
  mapText('A path', (text) => {
    if (text.trim() === '' || text.includes('\n'))
      return new Fault(
        'It is empty.',
        'ssh needs a file.',
        "Name the file, or remove the line for ssh's default.",
      )
    return text.startsWith('~/') ? join(homedir(), text.slice(2)) : resolve(dirname(specFile), text)
  })

export const timeZone: FieldReader<string> = mapText('A time zone', (text) => {
  // Intl takes `+02:00`, too; systemd's calendar does not.
  const isKnown =
    /^[A-Za-z][\w+/-]*$/.test(text) &&
    (() => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
      } catch {
        return false
      }
    })()
  if (isKnown) return text
  const near = nearestWord(text, Intl.supportedValuesOf('timeZone'))
  return new Fault(
    `"${text}" is no time zone.`,
    'Backups start by the clock of this zone, and logs show it.',
    near === null ? 'Write one of the names of timedatectl list-timezones.' : `Did you mean ${near}?`,
  )
})

/** RFC 1123, one label, lower case: what `hostname` prints and a certificate names. */
export const hostName = textLike(
  'host name',
  /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  'up to 63 lower-case letters, digits and dashes, with a letter first and no dash at the end',
)

/** A name that PostgreSQL takes without quotes (NAMEDATALEN: 63 bytes). */
export const databaseName = textLike(
  'PostgreSQL name',
  /^[a-z_][a-z0-9_]{0,62}$/,
  'up to 63 lower-case letters, digits and underscores, with no digit first',
)
