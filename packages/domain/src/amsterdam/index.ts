export * from './types.ts'
export { amsterdamMap, mapBounds, mapFeatures, panBounds, pixelsPerMetreAtZoom0 } from './map.ts'
export { streets, type Street } from './streets.ts'
export { junctions, type JunctionName } from './junctions.ts'
export {
  streetGraph,
  shortestPath,
  nearestNode,
  lineLengthM,
  toPoint,
  type StreetGraph,
  type StreetNode,
  type StreetEdge,
  type Route,
} from './graph.ts'
export {
  streetAddress,
  customerAddresses,
  depots,
  restaurants,
  type StreetAddress,
  type Depot,
  type Restaurant,
} from './demo.ts'
