import { chmodSync, copyFileSync, fstatSync, statSync, truncateSync } from 'node:fs'

/** Some days of a busy fleet. One as long, of before, lies beside it. */
const longestLogBytes = 8 * 1024 * 1024

/**
 * Keeps the log of the desktop app short while it runs, and for its owner only. The app has opened the file, to append,
 * as our standard error, so it is emptied where it is: what was in it goes into `FILE.1` first. Where the process dies in
 * between, the same lines stand in both.
 *
 * @param file null, or any other file than `output`: only written to
 * @param write goes to `output`
 */
export function boundShellLog(
  file: string | null,
  write: (text: string) => void,
  output = 2,
  longestBytes = longestLogBytes,
): (text: string) => void {
  if (file === null || !isSameFile(file, output)) return write
  chmodIfThere(file)
  chmodIfThere(`${file}.1`)
  let bytes = fstatSync(output).size
  return (text) => {
    write(text)
    bytes += Buffer.byteLength(text)
    if (bytes < longestBytes) return
    try {
      copyFileSync(file, `${file}.1`)
      chmodIfThere(`${file}.1`)
    } catch {
      // A disk without room is a reason more to empty it.
    }
    bytes = emptied(file) ? 0 : bytes - longestBytes
  }
}

function isSameFile(file: string, output: number): boolean {
  try {
    const [named, open] = [statSync(file), fstatSync(output)]
    return named.ino === open.ino && named.dev === open.dev
  } catch {
    return false
  }
}

function chmodIfThere(file: string): void {
  try {
    chmodSync(file, 0o600)
  } catch {
    // Not there, or of somebody else: then nothing of ours is in it.
  }
}

function emptied(file: string): boolean {
  try {
    truncateSync(file)
    return true
  } catch {
    // Tried again when as much has been added.
    return false
  }
}
