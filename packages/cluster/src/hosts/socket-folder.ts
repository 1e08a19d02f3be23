import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ProgramEnd, runProgram } from './run-program.ts'

/** The sockets of ssh's kept connections. */
export interface SocketFolder {
  readonly path: string
  /** Ends the connections and removes the folder. */
  close(): Promise<void>
}

/**
 * A socket's path must fit in 108 bytes: this leaves room for our folder, for an address or Ansible's own name of a
 * host, and for the 17 characters that ssh adds while it makes a socket.
 */
const longestTmpdir = 55

/**
 * A folder of its own for ssh's sockets. Not below the operator's folder, which may be deep and may be a file system
 * without sockets.
 *
 * @param name at most 13 letters, which tell whose it is
 */
export async function openSocketFolder(name: string): Promise<SocketFolder> {
  const path = await mkdtemp(join(tmpdir().length <= longestTmpdir ? tmpdir() : '/tmp', `${name}-`))
  // The second Ctrl-C ends the program without waiting for anybody.
  const removeAtOnce = () => rmSync(path, { recursive: true, force: true })
  process.once('exit', removeAtOnce)
  return {
    path,
    async close() {
      process.off('exit', removeAtOnce)
      const entries = await readdir(path, { withFileTypes: true })
      const sockets = entries.filter((entry) => entry.isSocket()).map((entry) => join(path, entry.name))
      await Promise.all(sockets.map((socket) => controlConnection(socket, 'exit')))
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Asks the kept connection, which lives on this machine: the host is not needed for the answer. */
export const controlConnection = (socket: string, what: 'check' | 'exit'): Promise<ProgramEnd> =>
  // The name is not used, but ssh wants one.
  runProgram(['ssh', '-O', what, '-o', `ControlPath=${socket}`, 'kept'], { timeoutMs: 2_000 })
