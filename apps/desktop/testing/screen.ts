import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'

/** Of apps/web/src/map: red, green and blue. */
const waterColour = [0xb9, 0xd4, 0xe4]

/** A screen that nobody sits before, for a program that no driver sees into. */
export class Screen {
  /** Of the environment variable DISPLAY. */
  readonly name: string
  readonly #server: ChildProcess
  readonly #folder: string

  private constructor(name: string, server: ChildProcess, folder: string) {
    this.name = name
    this.#server = server
    this.#folder = folder
  }

  static async open(): Promise<Screen> {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-screen-'))
    const words = ['-displayfd', '3', '-screen', '0', '1400x900x24', '-fbdir', folder, '-ac']
    const server = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const [number] = (await once(server.stdio[3]!, 'data')) as [Buffer]
    return new Screen(`:${number.toString().trim()}`, server, folder)
  }

  /** Whether the middle of the screen shows the map: its water, in the light theme. */
  showsMap(): boolean {
    const { width, height, pixel } = this.#dump()
    let water = 0
    for (let y = height * 0.25; y < height * 0.75; y += 2)
      for (let x = width * 0.3; x < width * 0.7; x += 2) {
        const found = pixel(Math.floor(x), Math.floor(y))
        // Rasterisers round differently.
        if (found.every((value, index) => Math.abs(value - waterColour[index]!) <= 2)) water += 1
      }
    return water > 1000
  }

  /** What is on it, as PNG. */
  picture(): Uint8Array {
    const { width, height, pixel } = this.#dump()
    const data = new Uint8Array(width * height * 3)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 3)
    return encode({ width, height, channels: 3, depth: 8, data })
  }

  /** The file is an X window dump: a header of big-endian numbers, colour cells, then pixels as blue, green, red, nothing. */
  #dump() {
    const dump = readFileSync(join(this.#folder, 'Xvfb_screen0'))
    const header = (index: number) => dump.readUInt32BE(index * 4)
    const [start, width, height, line] = [header(0) + header(19) * 12, header(4), header(5), header(12)]
    const pixel = (x: number, y: number) => {
      const at = start + y * line + x * 4
      return [dump[at + 2]!, dump[at + 1]!, dump[at]!]
    }
    return { width, height, pixel }
  }

  async close(): Promise<void> {
    this.#server.kill()
    if (this.#server.exitCode === null && this.#server.signalCode === null) await once(this.#server, 'exit')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
