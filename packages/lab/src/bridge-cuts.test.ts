import { expect, test } from 'vitest'
import { parseSets, renderCuts } from './bridge-cuts.ts'

test('each direction is an element of its own', () => {
  const added = renderCuts([
    { fromPort: 'vb-a', toPort: 'vb-b' },
    { fromPort: 'vb-a', toPort: null },
    { fromPort: null, toPort: 'vb-b' },
  ])
    .split('\n')
    .filter((line) => line.startsWith('add '))
  expect(added).toEqual([
    'add element bridge fleet_lab cuts { "vb-a" . "vb-b" }',
    'add element bridge fleet_lab to_bridge { "vb-a" }',
    'add element bridge fleet_lab from_bridge { "vb-b" }',
  ])
})

test('what nft lists is read back', () => {
  const listed = {
    nftables: [
      { metainfo: { version: '1.1.3', json_schema_version: 1 } },
      { set: { family: 'bridge', name: 'cuts', elem: [{ concat: ['vb-a', 'vb-b'] }] } },
      { set: { family: 'bridge', name: 'to_bridge', elem: ['vb-a'] } },
      { set: { family: 'bridge', name: 'from_bridge' } },
    ],
  }
  expect(parseSets(JSON.stringify(listed))).toEqual([
    { fromPort: 'vb-a', toPort: 'vb-b' },
    { fromPort: 'vb-a', toPort: null },
  ])
})
