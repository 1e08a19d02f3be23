import fastify from 'fastify'
import { expect, test } from 'vitest'
import { requireDeclaredAccess } from './access.ts'

const handler = () => Promise.resolve('')

test('a route that does not say who may use it stops the start', () => {
  const app = fastify()
  requireDeclaredAccess(app)
  expect(() => app.get('/api/forgotten', handler)).toThrow('GET /api/forgotten does not say who may use it')
})

test('a route for roles that looks up no session stops the start', () => {
  const app = fastify()
  requireDeclaredAccess(app)
  const config = { access: ['admin'], needsNoSession: true } as const
  expect(() => app.get('/api/open', { config }, handler)).toThrow('names roles but looks up no session')
})

test('routes and their HEAD are listed with their access', () => {
  const app = fastify()
  requireDeclaredAccess(app)
  app.get('/api/x', { config: { access: ['admin'] } }, handler)
  expect(app.declaredRoutes).toEqual([
    { method: 'GET', url: '/api/x', access: ['admin'], name: null },
    { method: 'HEAD', url: '/api/x', access: ['admin'], name: null },
  ])
})
