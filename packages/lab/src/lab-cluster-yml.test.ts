import { hostsWith, parseClusterYml } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { renderLabClusterYml } from './lab-cluster-yml.ts'
import { openLabHome, placesOf } from './lab-home.ts'
import { topologies, topologyNames } from './topology.ts'

const places = placesOf(openLabHome({}), 'lab')

test.each(topologyNames)('the cluster.yml of a %s lab describes its machines and is in order', (topology) => {
  const text = renderLabClusterYml(places, topologies[topology])
  const { spec, problems } = parseClusterYml(text, 'cluster.yml')
  expect(problems).toEqual([])
  expect(spec?.hosts).toEqual(topologies[topology])
  expect(spec?.network).toMatchObject({ vip: '10.0.0.100', interface: 'host0' })
  expect(spec?.ssh).toMatchObject({ user: 'root', identityFile: places.identityFile })
})

test('etcd is on the database machines of a small lab, and on its own in a full one', () => {
  const etcdOf = (topology: 'small' | 'full') => {
    const { spec } = parseClusterYml(renderLabClusterYml(places, topologies[topology]), 'cluster.yml')
    return spec && hostsWith(spec, 'etcd').map(({ address }) => address)
  }
  expect(etcdOf('small')).toEqual(['10.0.0.11', '10.0.0.12', '10.0.0.13'])
  expect(etcdOf('full')).toEqual(['10.0.0.21', '10.0.0.22', '10.0.0.23'])
})
