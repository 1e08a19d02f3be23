import { open, readFile } from 'node:fs/promises'
import type { Store } from '@fleet/store'
import { strToU8, zipSync } from 'fflate'
import { within } from '../within.ts'

export interface DiagnosticsSource {
  readonly store: Store
  /** Versions of all that the program is made of. */
  readonly about: object
  /** What a person chose; holds no secret by itself. */
  readonly settingsFile: string | null
  readonly logFile: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** In Prometheus' format. */
  readonly metrics: () => Promise<string>
  /** What must not leave this computer, wherever it may have come to stand. */
  readonly secrets: () => readonly (string | null)[]
}

/** About the last hours of a busy fleet. */
const logBytes = 512 * 1024
const databaseTimeoutMs = 10_000
const hidden = '(hidden)'

/**
 * A zip file for whoever helps: versions, settings, health, the end of the log, how much is in the database. No rows of
 * the fleet, no password and no token: values of variables that may hold one are left out, what is known to be secret
 * is blotted out of all files, and so is whatever looks like a link to sign in.
 */
export async function collectDiagnostics(source: DiagnosticsSource): Promise<Buffer> {
  const { store, about, settingsFile, logFile, env, metrics } = source
  const secrets = source.secrets().filter((each) => each !== null && each.length >= 4) as string[]
  const figures = await within(store.figures().catch(messageOf), databaseTimeoutMs, 'no answer')
  const files: Record<string, string> = {
    'about.json': pretty(about),
    'database.json': pretty({ health: store.health.current(), figures }),
    'environment.json': pretty(withoutSecrets(env)),
    'metrics.txt': await metrics(),
  }
  if (logFile !== null) files['server.log'] = await readEnd(logFile).catch(messageOf)
  if (settingsFile !== null) files['settings.json'] = await readFile(settingsFile, 'utf8').catch(messageOf)
  const entries = Object.entries(files).map(
    ([name, text]) => [`fleet-diagnostics/${name}`, strToU8(blotOut(text, secrets))] as const,
  )
  return Buffer.from(zipSync(Object.fromEntries(entries), { level: 6 }))
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** The variables that are about this program. */
function withoutSecrets(env: DiagnosticsSource['env']): Record<string, string> {
  const own = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined && /^(FLEET_|PG|NODE_|LANG$|LC_|XDG_|DISPLAY$|WAYLAND_|WEBKIT_)/.test(name),
  )
  return Object.fromEntries(
    own.map(([name, value]) => [name, /PASS|SECRET|TOKEN|KEY/.test(name) ? hidden : value!]),
  )
}

/** Secrets that are known, passwords in addresses, and links that let somebody in. */
function blotOut(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
  ])
  return forms
    .reduce((rest, secret) => rest.replaceAll(secret, hidden), text)
    .replaceAll(/(\/\/[^\s/:@"]+:)[^\s/@"]+@/g, `$1${hidden}@`)
    .replaceAll(/(\/(?:link|launch|track)\/)[A-Za-z0-9_-]{16,}/g, `$1${hidden}`)
}

/** The last whole lines of the file. */
async function readEnd(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - logBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await file.close()
  }
}
