import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClusterError } from '@fleet/cluster'
import { inLab } from './enter-lab.ts'
import type { Lab } from './lab-state.ts'
import { joinSockets } from './join-sockets.ts'

export interface PublishedPort {
  close(): Promise<void>
}

/**
 * Makes 127.0.0.1:`port` of this machine lead to the same in the lab's network. A socket file is the bridge: files know
 * no network namespaces.
 *
 * @throws ClusterError lab_failed when the port is taken here
 */
export async function publishPort(lab: Lab, port: number): Promise<PublishedPort> {
  mkdirSync(lab.places.socketsDirectory, { recursive: true, mode: 0o700 })
  const socketFile = join(lab.places.socketsDirectory, `${port}-${process.pid}`)
  const server = await listenHere(port, socketFile)
  const program = fileURLToPath(new URL('relay-process.ts', import.meta.url))
  const [command = '', ...args] = inLab(lab, [process.execPath, program, socketFile, String(port)])
  const relay = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const relayEnd = new Promise<void>((resolve) => {
    relay.once('exit', () => resolve())
  })
  const isReady = await new Promise<boolean>((resolve) => {
    relay.stdout.once('data', () => resolve(true))
    relay.once('error', () => resolve(false))
    void relayEnd.then(() => resolve(false))
  })
  const close = async () => {
    server.close()
    // It ends when nobody holds the other end of its input: also when we are killed.
    relay.stdin.end()
    await relayEnd
    rmSync(socketFile, { force: true })
  }
  if (isReady) return { close }
  await close()
  throw new ClusterError(
    'lab_failed',
    `Port ${port} could not be published: the relay in the lab ended at once.`,
  )
}

function listenHere(port: number, socketFile: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      joinSockets(socket, { path: socketFile }),
    )
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new ClusterError('lab_failed', `Port ${port} of this machine is taken.`, {
              fix: `Stop who has it (ss -ltnp sport = :${port}), or have the program in the lab listen on another port.`,
            })
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
