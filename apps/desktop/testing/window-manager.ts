import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Windows have a frame that closes them only where a window manager runs. */
export async function setup(): Promise<() => Promise<void>> {
  const manager = spawn('openbox', { stdio: 'ignore' })
  await once(manager, 'spawn')
  return async () => {
    manager.kill()
    await once(manager, 'exit')
  }
}
