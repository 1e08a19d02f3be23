import { routes } from '@fleet/api'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sqliteBackend, type TestBackend } from '../../testing/backends.ts'
import { openTestServer, type TestServer } from '../../testing/test-server.ts'

interface Operation {
  readonly operationId: string
  readonly security: readonly unknown[]
  readonly responses: Readonly<Record<string, unknown>>
  readonly parameters?: readonly { readonly name: string }[]
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

let backend: TestBackend
let server: TestServer
let document: Document

beforeAll(async () => {
  backend = await sqliteBackend()
  server = await openTestServer(await backend.open())
  document = (await (await server.fetch('/api/openapi.json')).json()) as Document
})
afterAll(async () => {
  await server.close()
  await backend.stop()
})

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const result = await validator.validate({ ...document })
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
  expect(validator.version).toBe('3.1')
})

test('every route of the table is in it once, and nothing else', () => {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
    ),
  )
  const expected = Object.entries(routes).map(
    ([name, { method, path }]) => `${name} ${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
  )
  expect(listed.toSorted()).toEqual(expected.toSorted())
})

test('an operation says what it needs and what it answers', () => {
  const create = document.paths['/api/bikes']!.post!
  expect(create.security).toEqual([{ session: [] }])
  expect(Object.keys(create.responses)).toEqual(['201', '4XX', '5XX'])
  const update = document.paths['/api/bikes/{id}']!.patch!
  expect(update.parameters?.map(({ name }) => name)).toEqual(['id', 'Idempotency-Key', 'If-Match'])
  expect(document.paths['/api/session']!.post!.security).toEqual([])
})

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document)
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = pointer!
      .split('/')
      .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], document)
    expect({ pointer, found: target !== undefined }).toEqual({ pointer, found: true })
  }
})

test('the page to read it asks nobody else for anything', async () => {
  const page = await server.fetch('/api/docs/')
  const text = await page.text()
  expect(text).not.toMatch(/https?:\/\/|<script>|style=/)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    const response = await fetch(new URL(address!, page.url))
    await response.arrayBuffer()
    expect([address, response.status]).toEqual([address, 200])
  }
})
