import { loggedServices } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { clusterLogs } from './logs.ts'

test('the command, which loads nothing before it runs, names the services that can be read', () => {
  expect(clusterLogs.description).toBe(`Services: ${loggedServices.join(', ')}.`)
})
