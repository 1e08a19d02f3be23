import { nearestWord } from './nearest-word.ts'
// Every setting of PostgreSQL 17.11 that an operator may set, from its own pg_settings:
// SELECT name, vartype, unit, min_val, max_val, enumvals FROM pg_settings WHERE context <> 'internal'.
import catalogue from './postgresql-17-settings.json' with { type: 'json' }
import { Fault } from './spec-source.ts'

interface SettingType {
  readonly type: string
  /** What a number without a unit counts: `8kB`, `MB`, `ms`. */
  readonly unit?: string
  readonly min?: number
  readonly max?: number
  readonly values?: readonly string[]
}
const settings: ReadonlyMap<string, SettingType> = new Map(Object.entries(catalogue))

/** Units in their family's smallest, as guc.c converts them; their letters' case matters to PostgreSQL. */
const bytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  '8kB': 2 ** 13,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
}
const microseconds: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  min: 6e7,
  h: 3.6e9,
  d: 8.64e10,
}
const booleans = new Set(['on', 'off', 'true', 'false', 'yes', 'no', '1', '0'])

/**
 * What PostgreSQL would refuse at its start, which would be too late: no node comes back from a restart.
 *
 * @param name as the operator wrote it; a name with a dot is an extension's and is let through
 * @returns null when PostgreSQL takes it
 */
export function settingFault(name: string, text: string): Fault | null {
  if (/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_.]*$/i.test(name)) return null
  const setting = settings.get(name)
  if (!setting) {
    const near = nearestWord(name, settings.keys())
    return new Fault(
      `PostgreSQL 17 has no setting ${name}.`,
      'Patroni would leave it out without a word.',
      near === null ? 'Remove it.' : `Did you mean ${near}?`,
    )
  }
  switch (setting.type) {
    case 'bool':
      return booleans.has(text.toLowerCase())
        ? null
        : new Fault(`"${text}" is neither on nor off.`, `${name} is a switch.`, 'Write on or off.')
    case 'enum':
      return setting.values?.includes(text.toLowerCase()) === true
        ? null
        : new Fault(
            `"${text}" is no value of ${name}.`,
            'PostgreSQL would not start.',
            `Write one of ${setting.values?.join(', ')}.`,
          )
    case 'integer':
    case 'real':
      return numberFault(name, text, setting)
    default:
      return /[\n\0]/.test(text)
        ? new Fault('It has several lines.', "A setting's value is one line.", 'Write it on one line.')
        : null
  }
}

function numberFault(
  name: string,
  text: string,
  { unit, min = -Infinity, max = Infinity }: SettingType,
): Fault | null {
  const value = settingNumber(name, text)
  if (value === null) {
    const family = unit === undefined ? null : unit in bytes ? 'B, kB, MB, GB, TB' : 'us, ms, s, min, h, d'
    return new Fault(
      `"${text}" is no value of ${name}.`,
      `It is a number${family === null ? ' without a unit' : ` with one of the units ${family}, in these letters`}.`,
      family === null ? `Write a number from ${min} to ${max}.` : `Write it like ${example(text, family)}.`,
    )
  }
  const inUnit = unit === undefined ? '' : ` times ${unit}`
  return value >= min && value <= max
    ? null
    : new Fault(
        `${name} is ${text}, which is not from ${min} to ${max}${inUnit}.`,
        'PostgreSQL would not start.',
        `Write a value from ${min} to ${max}${inUnit}.`,
      )
}

/** The same number with its unit in PostgreSQL's letters when that is all that is wrong: `1 gb` is `1GB`. */
function example(text: string, units: string): string {
  const [, number, letters = ''] = /^([\d.]+)\s*([a-z]+)$/i.exec(text.trim()) ?? []
  const unit = units.split(', ').find((unit) => unit.toLowerCase() === letters.toLowerCase())
  return unit === undefined || number === undefined
    ? `16${units.startsWith('B') ? 'MB' : 's'}`
    : `${number}${unit}`
}

/** A numeric setting in its own unit, as pg_settings shows it: `shared_buffers` of `1GB` is 131072. Null when it is none. */
export function settingNumber(name: string, text: string): number | null {
  const setting = settings.get(name)
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim())
  if (!setting || !match) return null
  const { type, unit: base } = setting
  const number = Number(match[1])
  const unit = match[2]!
  const rounded = (value: number) => (type === 'integer' ? Math.round(value) : value)
  if (unit === '') return rounded(number)
  const family = base === undefined ? null : base in bytes ? bytes : microseconds
  const from = family?.[unit]
  const to = base === undefined ? undefined : family?.[base]
  return from === undefined || to === undefined || unit === '8kB' ? null : rounded((number * from) / to)
}

/** A memory setting in megabytes; null when it is no amount of memory. */
export function settingMb(name: string, text: string): number | null {
  const value = settingNumber(name, text)
  const factor = bytes[settings.get(name)?.unit ?? '']
  return value === null || factor === undefined ? null : (value * factor) / 2 ** 20
}
