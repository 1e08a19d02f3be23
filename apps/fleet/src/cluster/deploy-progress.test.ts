import type { DeployEvent } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { createTestingWorld } from '../../testing/testing-world.ts'
import { StoppedError } from '../command.ts'
import { withDeployProgress } from './deploy-progress.ts'

const plan: DeployEvent = { type: 'plan', lines: ['install 3 packages on backup-1'] }

test('the work is given what it tells its steps with, and its result comes back', async () => {
  const { world, out, err } = createTestingWorld()
  const result = await withDeployProgress(world, 'Stopped.', ({ onEvent, signal, nowMs, env }) => {
    onEvent(plan)
    expect({ signal, nowMs, env }).toEqual({ signal: world.stop, nowMs: world.now, env: world.env })
    return Promise.resolve('done')
  })
  expect(result).toBe('done')
  expect(out()).toBe('')
  expect(err()).toContain('install 3 packages on backup-1')
})

test('with --json each event is a line of standard output', async () => {
  const { world, out, err } = createTestingWorld({ json: true })
  await withDeployProgress(world, 'Stopped.', ({ onEvent }) => Promise.resolve(onEvent(plan)))
  expect(JSON.parse(out())).toEqual(plan)
  expect(err()).toBe('')
})

test('after Ctrl-C it says how to go on, whatever the work failed with', async () => {
  const stop = new AbortController()
  const { world } = createTestingWorld({ stop: stop.signal })
  const stopped = withDeployProgress(world, 'Run it again.', () => {
    stop.abort()
    return Promise.reject(new Error('ssh was ended'))
  })
  await expect(stopped).rejects.toThrow(new StoppedError('Run it again.'))
})

test('what went wrong by itself is said as it is', async () => {
  const { world } = createTestingWorld()
  const failed = withDeployProgress(world, 'Stopped.', () => Promise.reject(new Error('no space')))
  await expect(failed).rejects.toThrow('no space')
})
