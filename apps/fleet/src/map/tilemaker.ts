import { join } from 'node:path'
import type { Bounds } from './bounds.ts'
import { runProgram } from './run-program.ts'

const own = (name: string) => join(import.meta.dirname, 'tilemaker', name)

/**
 * Makes vector tiles of a sorted .osm.pbf, as MBTiles: the one format that tilemaker 2 and 3 both write.
 *
 * @param onShare told how much of the tiles is written, 0 to 1
 */
export async function makeTiles(
  tilemaker: string,
  input: string,
  bounds: Bounds,
  output: string,
  onShare: (share: number) => void,
  stop: AbortSignal,
): Promise<void> {
  await runProgram(
    tilemaker,
    [
      '--input',
      input,
      '--output',
      output,
      '--bbox',
      bounds.join(','),
      '--config',
      own('config.json'),
      '--process',
      own('process.lua'),
    ],
    {
      stop,
      onText: (text) => {
        // "writing tile 1200 of 4800", drawn over and over.
        const at = [...text.matchAll(/writing tile (\d+) of (\d+)/g)].at(-1)
        if (at !== undefined) onShare(Number(at[1]) / Math.max(1, Number(at[2])))
      },
    },
  )
}
