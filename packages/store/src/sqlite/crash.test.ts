import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { checkLog, readLog } from '../contract/harness.ts'
import { openStore } from '../open-store.ts'

const rounds = 5

test('a process killed at any moment loses no acknowledged command and applies none twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-crash-'))
  const file = join(folder, 'fleet.db')
  const acknowledged: string[] = []
  for (let round = 0; round < rounds; round++) {
    // Another number of commands each time, so that the kill meets another place.
    const attempt = await writeUntilKilled(file, round, 20 + round * 13)
    acknowledged.push(...attempt.acknowledged)
    const store = await openStore({ backend: 'sqlite', file })
    const log = await readLog(store)
    expect(checkLog(log)).toEqual([])
    const logged = log.map(({ id }) => keyOf(id))
    for (const key of acknowledged) expect(logged).toContain(key)
    // What was announced last may be there or not; what was never announced is not.
    expect(logged.filter((key) => key.startsWith(`${round}-`) && !attempt.announced.has(key))).toEqual([])
    expect(new Set(logged).size).toBe(logged.length)
    const { bikes } = await store.snapshot()
    expect(bikes).toHaveLength(logged.length)
    expect(new Set(bikes.map(({ no }) => no)).size).toBe(bikes.length)
    await store.close()
  }
  rmSync(folder, { recursive: true })
})

const keyOf = (id: string) => `${Number(id.slice(24, 30))}-${Number(id.slice(30))}`

async function writeUntilKilled(file: string, round: number, commands: number) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-writer.ts'), file, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const announced = new Set<string>()
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, key] = line.split(' ')
    if (word === 'try') announced.add(key!)
    else if (word === 'ok') acknowledged.push(key!)
    else throw new Error(`The writer was refused: ${line}`)
    if (acknowledged.length >= commands) child.kill('SIGKILL')
  }
  await closed
  expect(acknowledged.length).toBeGreaterThanOrEqual(commands)
  return { announced, acknowledged }
}
