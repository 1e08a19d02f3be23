import serveStatic from '@fastify/static'
import { routes } from '@fleet/api'
import type { FastifyInstance } from 'fastify'
import type { ImportedMaps } from '../map/imported-maps.ts'
import { HttpProblem } from './problem.ts'

/**
 * The archive of the imported map's tiles, to be read in ranges. Its address names one import, so what is there never
 * changes and browsers may keep it; after another import or a removal it is gone.
 */
export async function registerMapTiles(app: FastifyInstance, maps: ImportedMaps): Promise<void> {
  // In a scope of its own: the web app's files have another root.
  await app.register(async (scope) => {
    await scope.register(serveStatic, { serve: false })
    scope.setErrorHandler((error) => {
      const { statusCode, headers } = error as { statusCode?: number; headers?: Record<string, string> }
      if (statusCode !== 416) throw error
      throw new HttpProblem('range_not_satisfiable', 'The range begins behind the end of the tiles.', {
        headers: { 'content-range': headers?.['Content-Range'] ?? 'bytes */*' },
      })
    })
    scope.get(
      '/api/map/tiles/:id',
      { config: { access: routes.getMap.roles }, schema: { hide: true } },
      async (request, reply) => {
        const { id } = request.params as { id: string }
        const tiles = maps.tilesOf(id)
        if (tiles === null) throw new HttpProblem('not_found', 'This map is no longer the current one.')
        void reply
          .header('cache-control', 'private, max-age=31536000, immutable')
          .type('application/vnd.pmtiles')
        return reply.sendFile(tiles.name, tiles.folder, { cacheControl: false, contentType: false })
      },
    )
  })
}
