import fc from 'fast-check'
import { z } from 'zod'

/** Text that breaks programs: NUL, lone surrogates, quotes, wildcards, right-to-left marks, sheer length. */
export const nastyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    'x\udfffy',
    "'; drop table bikes; --",
    '%_\\%',
    '\u202e\u0007\r\n',
    '{{7*7}}${7*7}',
    '__proto__',
    'null',
    '\uffff\ufeff',
    '🚲'.repeat(200),
    'x'.repeat(20_000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)

const nastyNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 2 ** 53, 2 ** 63, 0.1, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)

/** Any JSON. */
export const nastyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    nastyNumber,
    nastyText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(nastyText, tie('value'), { maxKeys: 4 }),
  ),
})).value

interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
}

/**
 * Values that a schema takes, mostly, with a nasty one in every place now and then: what is valid at the edge goes
 * on to be read by the database.
 *
 * @param ids what to put where a UUID is asked for
 */
export function nearly(schema: z.ZodType, ids: readonly string[]): fc.Arbitrary<unknown> {
  return fromJsonSchema(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, ids)
}

function fromJsonSchema(schema: JsonSchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const valid = validFor(schema, ids)
  return fc.oneof({ weight: 12, arbitrary: valid }, { weight: 1, arbitrary: nastyJson })
}

function validFor(schema: JsonSchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return fc.oneof(...alternatives.map((inner) => fromJsonSchema(inner, ids)))
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, fromJsonSchema(inner, ids)]),
        ),
        { requiredKeys: [] },
      )
    case 'array':
      return fc.array(fromJsonSchema(schema.items ?? {}, ids), {
        minLength: schema.minItems ?? 0,
        maxLength: 5,
      })
    case 'string':
      if (schema.format === 'uuid') return fc.oneof(fc.constantFrom(...ids), fc.uuid())
      if (schema.pattern === undefined) return fc.oneof(nastyText, fc.stringMatching(/^[a-z ]{12,20}$/))
      // Patterns that allow most text are there to keep control characters out.
      return fc.oneof(
        fc.constantFrom('AMS-0042', 'sanne', 'Prinsengracht 263'),
        fc.string({ unit: 'grapheme', maxLength: 30 }),
      )
    case 'number':
    case 'integer':
      return fc.oneof(
        fc.integer({ min: bounded(schema.minimum, -180), max: bounded(schema.maximum, 180) }),
        nastyNumber,
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case undefined:
    default:
      return nastyJson
  }
}

const bounded = (limit: number | undefined, fallback: number) =>
  limit === undefined || Math.abs(limit) > 2 ** 31 ? fallback : Math.ceil(limit)

/** A part of a path or query, percent-encoded; some of it is not valid UTF-8 or not valid encoding at all. */
export const nastyEncoded = fc.oneof(
  nastyText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom('%00', '%ED%A0%80', '%zz', '%', '%C0%AE', '..%2f..%2fetc%2fpasswd', '%252e', '[]', '[a]=1'),
)

/** What HTTP lets a header hold, and what our own headers are not. */
export const nastyHeader = fc.oneof(
  fc.constantFrom(
    '"',
    '"0"',
    '"-1"',
    '"1e3"',
    'W/"1"',
    '*',
    '"1", "2"',
    '"99999999999999999999"',
    'x'.repeat(2000),
  ),
  fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,50}[\x21-\x7e])?$/),
  fc.stringMatching(/^[\x21-\xff]{1,50}$/).map((text) => text.replaceAll('\x7f', '')),
)
