import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { desktopSettings, type DesktopSettings, type SettingsFault } from '@fleet/api'
import { AppError } from '@fleet/domain'
import { makeFolder } from '@fleet/store'

/** What a settings file says. */
export type ReadSettings =
  | { readonly is: 'none' }
  | { readonly is: 'settings'; readonly settings: DesktopSettings }
  | { readonly is: 'faults'; readonly faults: readonly SettingsFault[] }
  | { readonly is: 'unreadable'; readonly detail: string }

export function readSettings(file: string): ReadSettings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { is: 'none' } : { is: 'unreadable', detail: message }
  }
  return parseSettings(text)
}

/** Finds all that is wrong at once, each with its line: people edit such files by hand. */
export function parseSettings(text: string): ReadSettings {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { is: 'faults', faults: [{ ...placeOf(error, text), field: null, is: 'no_json' }] }
  }
  const read = desktopSettings.safeParse(value)
  const missing = read.success && read.data.data === 'servers' && read.data.connection === null
  if (read.success && !missing) return { is: 'settings', settings: read.data }
  const issues = read.success
    ? [{ path: ['connection'], code: 'missing', keys: undefined }]
    : read.error.issues.map((issue) => ({
        path: issue.path.map(String),
        code: issue.code,
        keys: issue.code === 'unrecognized_keys' ? issue.keys : undefined,
      }))
  const faults = issues.flatMap(({ path, keys }): SettingsFault[] =>
    (keys ?? [null]).map((key) => {
      const field = [...path, ...(key === null ? [] : [key])]
      const line = lineOf(text, field.at(-1))
      const is = key !== null ? 'unknown' : line === null && field.length > 0 ? 'missing' : 'wrong'
      return {
        line,
        text: line === null ? null : textOf(text, line),
        field: field.length === 0 ? null : field.join('.'),
        is,
      }
    }),
  )
  return { is: 'faults', faults: faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) }
}

/** Where a field stands. Each name occurs once in a settings file. */
function lineOf(text: string, field: string | undefined): number | null {
  if (field === undefined) return null
  const at = text.search(new RegExp(`"${field.replaceAll(/[^\w]/g, String.raw`\$&`)}"\\s*:`))
  return at < 0 ? null : text.slice(0, at).split('\n').length
}

const textOf = (text: string, line: number) => text.split('\n')[line - 1]!.trim().slice(0, 200)

/** V8 says `(line 3 column 5)`, or that the text ended too early. */
function placeOf(error: unknown, text: string): Pick<SettingsFault, 'line' | 'text'> {
  const said = /\(line (\d+) column/.exec((error as Error).message)?.[1]
  const line = said === undefined ? text.trimEnd().split('\n').length : Number(said)
  return { line, text: textOf(text, line) }
}

/**
 * Writes the settings for their owner only, whole or not at all. A file that cannot be read is kept beside it, under a
 * name that says so.
 *
 * Where the process or the power dies: before the rename the old settings hold, and what was written lies in a `.new`
 * that the next writing replaces; after it the new ones hold. A broken file is at each moment under one of its names, and
 * between its rename and ours there is none: then the next start asks where the data is.
 *
 * @returns what the file that could not be read is called now; null when there was none
 * @throws AppError storage_failed when the folder or the disk does not let it
 */
export function writeSettings(file: string, settings: DesktopSettings): string | null {
  const fresh = `${file}.new`
  let setAside: string | null = null
  try {
    makeFolder(dirname(file))
    // Whatever lies there is of a writing that did not get to its end, and might have another mode.
    rmSync(fresh, { force: true })
    const handle = openSync(fresh, 'wx', 0o600)
    try {
      writeFileSync(handle, `${JSON.stringify(settings, null, 2)}\n`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    const before = readSettings(file)
    if (before.is === 'faults' || before.is === 'unreadable') {
      setAside = freeName(`${file}.broken`)
      renameSync(file, setAside)
    }
    renameSync(fresh, file)
    syncFolder(dirname(file))
    return setAside
  } catch (cause) {
    throw new AppError('storage_failed', `The settings file ${file} cannot be written.`, {
      cause,
      fix: 'Make room on the disk, or make its folder writable, and save again.',
    })
  }
}

function freeName(wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!existsSync(name)) return name
  }
}

/** A file whose name is not on the disk is not on the disk. Windows does not open folders, and needs none of this. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
