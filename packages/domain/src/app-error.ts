/** Every error that a person may meet, with what to do about it. Anything else that is thrown is a bug. */
export const errorTable = {
  invalid_configuration: 'Correct the settings named above and start again.',
  database_unavailable: 'Check that the database runs and can be reached; the app tries again by itself.',
  outcome_unknown: 'Send the same request with the same Idempotency-Key to learn the outcome.',
  schema_too_new: 'Start the newer version of the app that made this database, or restore an older backup.',
  database_locked: 'Close the other program that holds the database file.',
  migration_refused: 'Correct what is named above and run the same command again.',
  migration_unfinished: 'Run the same `fleet migrate` command again: it goes on where it stopped.',
  storage_failed: 'Check free space and permissions of the data folder.',
  address_in_use: 'Stop the program that listens there or choose another port with FLEET_PORT.',
  usage: 'Run the command with --help.',
  not_found: 'Check the name and try again.',
} as const
export type AppErrorCode = keyof typeof errorTable

/** An expected failure: a code from one table, a sentence a person understands, what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: AppErrorCode
  readonly fix: string

  constructor(code: AppErrorCode, message: string, options: { cause?: unknown; fix?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fix = options.fix ?? errorTable[code]
  }
}
