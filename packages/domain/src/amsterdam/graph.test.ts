import { describe, expect, test } from 'vitest'
import { distanceM } from '../geo.ts'
import { lineLengthM, nearestNode, shortestPath, streetGraph } from './graph.ts'
import { junctions } from './junctions.ts'
import { streets } from './streets.ts'

const graph = streetGraph()

/** Every node that can be reached from the Dam, over edges that `allows` lets through. */
function reachable(allows: (streetId: string) => boolean = () => true): Set<string> {
  const seen = new Set(['dam'])
  for (const id of seen)
    for (const { to, streetId } of graph.get(id)!.edges) if (allows(streetId)) seen.add(to)
  return seen
}

test('every junction can be reached from the Dam', () => {
  const reached = reachable()
  expect(Object.keys(junctions).filter((name) => !reached.has(name))).toEqual([])
  expect(graph.size).toBe(Object.keys(junctions).length)
})

test('streets begin and end at junctions, so none of them loses its end in the graph', () => {
  const loose = streets.filter(({ course }) => !course[0]?.junction || !course.at(-1)?.junction)
  expect(loose.map(({ id }) => id)).toEqual([])
})

test('each edge can be ridden back over the same line', () => {
  for (const [id, node] of graph)
    for (const { to, streetId, points } of node.edges) {
      const back = graph.get(to)!.edges.find((edge) => edge.to === id && edge.streetId === streetId)
      expect(back?.points).toEqual(points.toReversed())
    }
})

describe('shortestPath', () => {
  // Lower and upper bound in metres, from what a ride between the two takes in reality.
  test.each([
    ['dam', 'leidseplein', 1100, 1600],
    ['dam', 'westermarkt', 600, 900],
    ['stationsplein', 'concertgebouw', 2900, 3900],
    ['dam', 'amstelstation', 3500, 4900],
    ['mercatorplein', 'dam', 2900, 3800],
    ['stationsplein', 'station-zuid', 4800, 6500],
    ['surinameplein', 'station-muiderpoort', 5200, 7000],
    ['haarlemmersluis', 'ijburglaan-oost', 8000, 11_000],
  ])('%s to %s is as long as the ride is', (from, to, leastM, mostM) => {
    const route = shortestPath(graph, from, to)!
    expect(route.lengthM).toBeGreaterThan(leastM)
    expect(route.lengthM).toBeLessThan(mostM)
  })

  test('gives a line without gaps from the first junction to the last, as long as it says', () => {
    const route = shortestPath(graph, 'sloterdijk', 'gaasperplas')!
    expect(route.points[0]).toEqual(graph.get('sloterdijk')!.at)
    expect(route.points.at(-1)).toEqual(graph.get('gaasperplas')!.at)
    expect(lineLengthM(route.points)).toBeCloseTo(route.lengthM, 3)
    expect(route.nodes.length).toBeGreaterThan(route.streetIds.length)
    expect(route.lengthM).toBeGreaterThanOrEqual(distanceM(route.points[0]!, route.points.at(-1)!))
  })

  test('is as long there as back', () => {
    const there = shortestPath(graph, 'osdorpplein', 'ijburglaan-oost')!
    const back = shortestPath(graph, 'ijburglaan-oost', 'osdorpplein')!
    expect(there.lengthM).toBeCloseTo(back.lengthM, 3)
  })

  test('takes the ferry to NDSM', () => {
    expect(shortestPath(graph, 'dam', 'ndsm-pont')!.streetIds).toContain('pont-ndsm')
  })

  test('knows the dry way to Noord over Schellingwoude', () => {
    const dry = streetGraph(streets.filter(({ kind }) => kind !== 'ferry'))
    expect(shortestPath(dry, 'dam', 'mosplein')!.streetIds).toContain('zuiderzeeweg')
  })

  test('is a single point when start and goal are one', () => {
    expect(shortestPath(graph, 'dam', 'dam')).toEqual({
      points: [graph.get('dam')!.at],
      lengthM: 0,
      nodes: ['dam'],
      streetIds: [],
    })
  })

  test('gives nothing for a junction that is not there', () => {
    expect(shortestPath(graph, 'dam', 'rotterdam')).toBeUndefined()
  })

  test('gives nothing where streets do not meet', () => {
    const islands = streetGraph(streets.filter(({ id }) => id === 'damrak' || id === 'bijlmerdreef'))
    expect(shortestPath(islands, 'dam', 'station-bijlmer')).toBeUndefined()
  })
})

describe('nearestNode', () => {
  test('finds the junction someone stands at', () => {
    expect(nearestNode(graph, { lat: 52.37305, lon: 4.8932 }).id).toBe('dam')
  })

  test('refuses an empty graph', () => {
    expect(() => nearestNode(new Map(), { lat: 52.37, lon: 4.89 })).toThrow(RangeError)
  })
})
