import { z } from 'zod'

// `pgbackrest info --output=json` of pgBackRest 2.55 (src/command/info/info.c): an array of stanzas. Times are Unix
// seconds. Sizes that depend on the repository's features (bundling) may be absent.

const kinds = { full: 'full', diff: 'differential', incr: 'incremental' } as const

const backup = z
  .object({
    label: z.string(),
    type: z.enum(['full', 'diff', 'incr']),
    error: z.boolean().nullish(),
    timestamp: z.object({ start: z.number(), stop: z.number() }),
    archive: z
      .object({ start: z.string().nullish(), stop: z.string().nullish() })
      .nullish()
      .transform((found) => found ?? {}),
    info: z.object({
      size: z.number(),
      delta: z.number(),
      repository: z.object({ size: z.number().nullish(), delta: z.number() }),
    }),
    prior: z.string().nullish(),
  })
  .transform((found) => ({
    /** `20260105-010000F`; also the name of its folder. */
    label: found.label,
    kind: kinds[found.type],
    startedMs: found.timestamp.start * 1000,
    endedMs: found.timestamp.stop * 1000,
    /** Bytes of the database, of what this backup copied, and of what it takes in the repository. */
    databaseBytes: found.info.size,
    copiedBytes: found.info.delta,
    repositoryBytes: found.info.repository.delta,
    /** Pages whose checksum was wrong when they were read. */
    damaged: found.error === true,
    /** The backup that this one needs; null for a full one. */
    prior: found.prior ?? null,
    /** First and last WAL segment that it needs to be consistent. */
    walStart: found.archive.start ?? null,
    walStop: found.archive.stop ?? null,
  }))

const stanza = z
  .object({
    name: z.string(),
    status: z.object({
      code: z.number(),
      message: z.string(),
      lock: z.object({ backup: z.object({ held: z.boolean().default(false) }).optional() }).optional(),
    }),
    archive: z
      .array(
        z.object({
          id: z.string(),
          database: z.object({ id: z.number() }).optional(),
          min: z.string().nullish(),
          max: z.string().nullish(),
        }),
      )
      .default([]),
    backup: z.array(backup).default([]),
  })
  .transform((found) => ({
    name: found.name,
    /** pgBackRest's: 0 is ok, 2 no valid backups, others are errors. */
    statusCode: found.status.code,
    statusMessage: found.status.message,
    /** A backup is being taken now. */
    running: found.status.lock?.backup?.held ?? false,
    /** First and last WAL segment of the current database in the repository; null when there is none. */
    walMin: found.archive.at(-1)?.min ?? null,
    walMax: found.archive.at(-1)?.max ?? null,
    /** Oldest first. */
    backups: found.backup,
  }))

export type BackupKind = (typeof kinds)[keyof typeof kinds]
/** What a repository holds of one cluster. */
export type PgbackrestStanza = z.output<typeof stanza>
export type PgbackrestBackup = PgbackrestStanza['backups'][number]

/** @returns the stanzas, or null for JSON that is none of pgBackRest's */
export function readPgbackrestInfo(json: unknown): readonly PgbackrestStanza[] | null {
  const found = z.array(stanza).safeParse(json)
  return found.success ? found.data : null
}
