import { z } from 'zod'
import * as s from './schemas.ts'

/** What the desktop app asks about itself. These addresses exist only on a server that the desktop app started. */
export const settingsPaths = {
  /** GET a `startState`; POST a `startAnswer` to try again. Without a session: there may be no database to ask for one. */
  start: '/api/desktop/start',
  /** GET a `settingsView`; PUT a `settingsChange`, answered with a `settingsOutcome`. */
  settings: '/api/desktop/settings',
  /** POST a `connectionQuestion`, answered with a `connectionVerdict`. */
  connectionTest: '/api/desktop/connection-test',
  /** PUT a `lookChange`. The page that is opened next has the whole look in its `<meta name="fleet-look">`. */
  look: '/api/desktop/look',
} as const

const host = s.text(253).regex(/^[A-Za-z0-9._:%-]+$/)
const port = z.int().min(1).max(65_535)
/** What PostgreSQL calls a role or a database. */
const name = s.text(63).min(1)

export const tlsModes = ['disable', 'verify-ca', 'verify-full'] as const

/** How to reach the company's PostgreSQL, without the password: that is in the keyring of the system. */
export const connection = z
  .strictObject({
    host,
    port: port.default(5432),
    /** Leads to replicas, for looking back; null: the primary answers. */
    readPort: port.nullable().default(null),
    database: name,
    user: name,
    tls: z.enum(tlsModes).default('disable'),
    /** PEM of the authority that signed the server's certificate; null: those that Node trusts. */
    rootCertificate: z
      .string()
      .max(64_000)
      .regex(/-----BEGIN CERTIFICATE-----/)
      .nullable()
      .default(null),
    poolSize: z.int().min(2).max(200).default(10),
  })
  .meta({ id: 'DesktopConnection' })
export type Connection = z.infer<typeof connection>

/**
 * Who gets to see the password of a connection, as text that differs where they do. A password that was given for one is
 * never sent to another.
 */
export const passwordGoesTo = ({ host, port, readPort, user, tls, rootCertificate }: Connection): string =>
  JSON.stringify([host, port, readPort, user, tls, rootCertificate])

/** How the app looks on this computer; null: nobody has chosen. */
export const look = z.strictObject({
  language: z.enum(['en', 'nl']).nullable().default(null),
  theme: z.enum(['auto', 'light', 'dark']).nullable().default(null),
})
export type Look = z.infer<typeof look>
export const lookChange = z.strictObject({
  language: look.shape.language.unwrap().unwrap().optional(),
  theme: look.shape.theme.unwrap().unwrap().optional(),
})
export type LookChange = z.infer<typeof lookChange>

/** What the desktop app keeps between two starts. */
export const desktopSettings = z
  .strictObject({
    /** Where the data is: in a file of this computer, or on the company's PostgreSQL servers. */
    data: z.enum(['here', 'servers']),
    /** Kept while the data is here, too, so that going back takes no typing. */
    connection: connection.nullable().default(null),
    /** Where trackers send; null: nowhere. */
    trackerPort: port.nullable().default(5055),
    /** Phones in the same network may send there, not this computer only. */
    trackersFromNetwork: z.boolean().default(false),
    /** Changed by `settingsPaths.look` alone: what is saved with the rest leaves it as it is. */
    look: look.default({ language: null, theme: null }),
  })
  .meta({ id: 'DesktopSettings' })
export type DesktopSettings = z.infer<typeof desktopSettings>

/** The password to use: a new one, the one that is kept (null), or none ('' : the server trusts us). */
const password = z.string().max(1000).nullable()

export const connectionQuestion = z.strictObject({ connection, password })
export const settingsChange = z.strictObject({ settings: desktopSettings, password })

/** What came of trying to reach a PostgreSQL server. The page has a sentence for each, in every language. */
export const connectionFailures = [
  'unknown_host',
  'refused',
  'unreachable',
  'timed_out',
  'hung_up',
  'not_postgres',
  'password_needed',
  'wrong_password',
  'no_such_role',
  'not_let_in',
  'no_such_database',
  'no_right_to_connect',
  'tls_not_offered',
  'certificate_not_trusted',
  'certificate_other_name',
  'certificate_expired',
  'certificate_unreadable',
  'server_too_old',
  'starting_up',
  'too_many_connections',
  'standby',
  'schema_too_new',
  'copy_unfinished',
  'no_right_to_create',
  'no_right_to_use',
  'other',
] as const
export type ConnectionFailure = (typeof connectionFailures)[number]

export const connectionVerdict = z
  .discriminatedUnion('is', [
    z.object({
      is: z.literal('fine'),
      /** Of PostgreSQL, like `17.2`. */
      version: z.string(),
      /** Of one question and its answer. */
      latencyMs: z.number(),
      encrypted: z.boolean(),
      /** What is there already; null: nothing, the tables are made at the first start. */
      rows: z.object({ bikes: z.int(), couriers: z.int(), deliveries: z.int() }).nullable(),
      /** Tables of an earlier version, which are brought up to date at the next start. */
      isOlder: z.boolean(),
      /** Why the port of replicas does not work; null when it does, or none is set. */
      readPort: z.enum(connectionFailures).nullable(),
    }),
    z.object({
      is: z.enum(connectionFailures),
      /** What else is known: names on the certificate, versions, the words of the server. */
      detail: z.string().nullable(),
    }),
  ])
  .meta({ id: 'ConnectionVerdict' })
export type ConnectionVerdict = z.infer<typeof connectionVerdict>

/** One thing that is wrong in a settings file that somebody has edited. */
export const settingsFault = z.object({
  /** Counted from 1; null when the line is not known. */
  line: z.int().nullable(),
  /** What stands there. */
  text: z.string().nullable(),
  /** Like `connection.port`; null when the file is no JSON at all. */
  field: z.string().nullable(),
  is: z.enum(['no_json', 'unknown', 'missing', 'wrong']),
})
export type SettingsFault = z.infer<typeof settingsFault>

/** Why the app cannot work yet. The page has a sentence for each kind. */
export const startProblem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('settings'), file: z.string(), faults: z.array(settingsFault) }),
  /** The settings file cannot be read at all. */
  z.object({ kind: z.literal('settings_unreadable'), file: z.string(), detail: z.string() }),
  /** Settings in the environment of the program, in words of the server. */
  z.object({
    kind: z.literal('environment'),
    problems: z.array(z.object({ message: z.string(), fix: z.string() })),
  }),
  z.object({ kind: z.literal('connection'), location: z.string(), verdict: connectionVerdict }),
  z.object({
    kind: z.literal('file'),
    file: z.string(),
    is: z.enum(['damaged', 'locked', 'full', 'not_writable', 'too_new', 'copy_unfinished']),
    detail: z.string(),
  }),
  z.object({ kind: z.literal('tracker_port'), port: z.int(), isSetOutside: z.boolean() }),
  z.object({ kind: z.literal('other'), message: z.string(), fix: z.string() }),
])
export type StartProblem = z.infer<typeof startProblem>

export const startState = z
  .object({
    /**
     * `question`: nobody has said yet where the data is. `problem`: the app cannot work, and this is why. `opening`: it
     * is on its way. `running`: it works.
     */
    is: z.enum(['question', 'problem', 'opening', 'running']),
    problem: startProblem.nullable(),
    /** It tries again by itself. */
    triesAgain: z.boolean(),
  })
  .meta({ id: 'StartState' })
export type StartState = z.infer<typeof startState>

export const startAnswer = z.strictObject({
  /** For this start only; null: as before. */
  password,
})

export const settingsView = z
  .object({
    /** Null before the first answer, and while the file cannot be read. */
    settings: desktopSettings.nullable(),
    /** The program can use the servers only. */
    serversOnly: z.boolean(),
    /** Where the data is, or would be, on this computer. */
    dataFile: z.string(),
    settingsFile: z.string(),
    /** Variables of the environment that count instead of what is set here. */
    setOutside: z.array(z.string()),
    /** The system's keyring has a password for the connection as it is saved. */
    isPasswordKept: z.boolean(),
  })
  .meta({ id: 'SettingsView' })
export type SettingsView = z.infer<typeof settingsView>

/** What came of saving. What was saved holds at once: the app begins anew with it by itself. */
export const settingsOutcome = z
  .object({
    isSaved: z.boolean(),
    /** Why it was not saved; also what was found when it was. Null: there was nothing to try. */
    verdict: connectionVerdict.nullable(),
    /** Whether the keyring took the password; null when there was none to keep. */
    isPasswordKept: z.boolean().nullable(),
    /** What the settings file is called now that could not be read; null: there was none such. */
    setAside: z.string().nullable(),
  })
  .meta({ id: 'SettingsOutcome' })
export type SettingsOutcome = z.infer<typeof settingsOutcome>
