import type {
  Connection,
  ConnectionVerdict,
  DesktopSettings,
  Look,
  LookChange,
  SettingsOutcome,
  SettingsView,
  StartState,
} from '@fleet/api'
import { type PostgresConfig, probePostgres } from '@fleet/store'
import { HttpProblem } from '../http/problem.ts'
import { bindPassword, type BoundPassword, isBoundTo, parseBoundPassword } from './bound-password.ts'
import type { DesktopShell } from './desktop-shell.ts'
import { readSettings, writeSettings } from './settings-file.ts'

const noLook: Look = { language: null, theme: null }

type Shell = Pick<DesktopShell, 'build' | 'readPassword' | 'keepPassword'>

interface OfficeOptions {
  readonly file: string
  /** Where the data is, or would be, on this computer. */
  readonly dataFile: string
  /** Variables of the environment that count instead of the file. */
  readonly setOutside: readonly string[]
  readonly shell: Shell
  /** New settings were written: the app begins anew with them. */
  readonly onSaved: () => void
  /** The person asks to try again. */
  readonly onTryAgain: () => void
}

/** How the store reaches the company's servers. `password` '' or null: there is none. */
export function postgresConfigOf(connection: Connection, password: string | null): PostgresConfig {
  const { host, port, readPort, database, user, poolSize, tls, rootCertificate } = connection
  return {
    backend: 'postgres',
    host,
    port,
    readPort,
    database,
    user,
    password: password || null,
    poolSize,
    ssl: { mode: tls, rootCertFile: null, rootCertificate },
  }
}

/**
 * The settings of the desktop app for its pages: shows them, tries them, keeps them. The password goes to the system's
 * keyring and to the database, and nowhere else.
 */
export class SettingsOffice {
  state: StartState = { is: 'opening', problem: null, triesAgain: false }
  readonly #options: OfficeOptions
  /** Typed since the program started, or from the keyring. Undefined: the keyring was not asked yet. */
  #held: BoundPassword | null | undefined
  #isKept = false
  /** Chosen since the program started; null: what the file says. */
  #look: Look | null = null

  constructor(options: OfficeOptions) {
    this.#options = options
  }

  /** What the file says now: somebody may have edited it. */
  read(): ReturnType<typeof readSettings> {
    return readSettings(this.#options.file)
  }

  /** The password that was given for this connection: typed since the program started, or kept in the keyring. */
  async password(connection: Connection): Promise<string | null> {
    if (this.#held === undefined) {
      const kept = parseBoundPassword(await this.#options.shell.readPassword())
      // Somebody may have typed one while the system asked for the key.
      this.#held ??= kept
      this.#isKept = kept !== null && this.#held === kept
    }
    return this.#held !== null && isBoundTo(this.#held, connection) ? this.#held.password : null
  }

  /** What is known without asking the keyring. */
  knownPassword(): string | null {
    return this.#held?.password ?? null
  }

  async view(): Promise<SettingsView> {
    const { file, dataFile, setOutside, shell } = this.#options
    const settings = this.#settings()
    // Also while the data is here: going back to the servers takes no typing.
    const isKnown = settings?.connection != null && (await this.password(settings.connection)) !== null
    return {
      settings,
      serversOnly: shell.build === 'postgres',
      dataFile,
      settingsFile: file,
      setOutside: [...setOutside],
      isPasswordKept: isKnown && this.#isKept,
    }
  }

  async test(connection: Connection, password: string | null): Promise<ConnectionVerdict> {
    return probePostgres(postgresConfigOf(connection, password ?? (await this.password(connection))))
  }

  /** The password that somebody typed because none was kept; it is kept once it has opened the database. */
  tryAgain(password: string | null): void {
    // An app that works, or is on its way, is not stopped by whoever asks a moment too late.
    if (this.state.is !== 'problem') return
    const connection = this.#settings()?.connection
    if (password !== null && connection) {
      this.#held = bindPassword(connection, password)
      this.#isKept = false
    }
    this.#options.onTryAgain()
  }

  /** The database was opened over this connection, with the password that is known for it. */
  async keepPassword(connection: Connection): Promise<void> {
    if (this.#isKept || !this.#held?.password || !isBoundTo(this.#held, connection)) return
    this.#isKept = await this.#options.shell.keepPassword(JSON.stringify(this.#held))
  }

  /**
   * Tries the connection if there is one, then writes the file, then the password. Where the process dies in between, the
   * new settings hold and the old password is of no use for them, since it is bound to its server: the next start asks
   * for the right one.
   *
   * @throws HttpProblem 503 when the file cannot be written
   */
  async save(settings: DesktopSettings, password: string | null): Promise<SettingsOutcome> {
    const { shell, onSaved } = this.#options
    if (settings.data === 'here' && shell.build === 'postgres')
      throw new HttpProblem('invalid_request', 'This program works on the servers only.')
    if (settings.data === 'servers' && settings.connection === null)
      throw new HttpProblem('invalid_request', 'Say how to reach the servers.')
    const target = settings.data === 'servers' ? settings.connection : null
    const used = target && (password ?? (await this.password(target)))
    const verdict = target && (await probePostgres(postgresConfigOf(target, used)))
    if (verdict !== null && verdict.is !== 'fine')
      return { isSaved: false, verdict, isPasswordKept: null, setAside: null }
    const setAside = this.#write({ ...settings, look: this.look() })
    // Where none is needed, what is kept for other servers stays for the way back to them.
    if (target && used && (used !== this.#held?.password || !isBoundTo(this.#held, target))) {
      this.#held = bindPassword(target, used)
      this.#isKept = false
    }
    if (target) await this.keepPassword(target)
    onSaved()
    return { isSaved: true, verdict, isPasswordKept: used ? this.#isKept : null, setAside }
  }

  look(): Look {
    return this.#look ?? this.#settings()?.look ?? noLook
  }

  /**
   * Before the first answer, and while the file is damaged, it is kept until the program ends: such a file is replaced by
   * nothing but an answer.
   *
   * @throws HttpProblem 503 when the file cannot be written
   */
  keepLook({ language, theme }: LookChange): void {
    const before = this.look()
    this.#look = { language: language ?? before.language, theme: theme ?? before.theme }
    const settings = this.#settings()
    if (settings !== null) this.#write({ ...settings, look: this.#look })
  }

  /** @returns what a file that could not be read is called now */
  #write(settings: DesktopSettings): string | null {
    const { file } = this.#options
    try {
      return writeSettings(file, settings)
    } catch (cause) {
      throw new HttpProblem('storage_failed', `The settings file ${file} cannot be written.`, { cause })
    }
  }

  #settings(): DesktopSettings | null {
    const read = this.read()
    return read.is === 'settings' ? read.settings : null
  }
}
