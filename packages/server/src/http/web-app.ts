import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import serveStatic from '@fastify/static'
import { type Look, routes } from '@fleet/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpProblem } from './problem.ts'
import { contentSecurityPolicy, createNonce } from './security-headers.ts'

const nonceMark = '__CSP_NONCE__'
const lookMark = '__FLEET_LOOK__'

/**
 * Serves the built web app: hashed files for ever, its page fresh each time with a nonce of its own, and that page
 * for every address that the app draws itself. Everything else that nobody registered is a 404 problem.
 *
 * @param webRoot the folder that the build wrote; null when there is none
 * @param lookOf what was chosen in the desktop app; null outside of it, where each browser keeps its own
 */
export async function registerWebApp(
  app: FastifyInstance,
  webRoot: string | null,
  lookOf: () => Look | null,
): Promise<void> {
  const readPage = async (): Promise<string> => {
    // Read each time: it is small, and a new build is picked up without a restart.
    const page = webRoot === null ? null : await readFile(join(webRoot, 'index.html'), 'utf8').catch(missing)
    return page ?? notBuiltPage
  }
  const sendPage = async (reply: FastifyReply): Promise<FastifyReply> => {
    const nonce = createNonce()
    const page = await readPage()
    return reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(nonceMark, nonce).replace(lookMark, wordsOf(lookOf())))
  }

  if (webRoot !== null)
    await app.register(serveStatic, {
      root: webRoot,
      // Routes of its own could not say who may use them, and would be fixed at start.
      serve: false,
      preCompressed: true,
      index: false,
      dotfiles: 'ignore',
    })

  // The app has to come up and say that the database is away when it is: that takes no session.
  app.get('/*', { config: { access: 'anyone', needsNoSession: true } }, async (request, reply) => {
    const { '*': path } = request.params as { '*': string }
    const isApi = path === 'api' || path.startsWith('api/')
    if (!isApi && webRoot !== null && path !== 'index.html' && /\.[a-z0-9]+$/i.test(path)) {
      // Vite writes a hash of the content into every name under assets/.
      const hashed = path.startsWith('assets/')
      // A file that is not there ends in the handler below.
      return reply.sendFile(path, { maxAge: hashed ? '1y' : 0, immutable: hashed })
    }
    if (!isApi && (path === '' || wantsPage(request))) return sendPage(reply)
    throw noRoute(request)
  })
  app.setNotFoundHandler((request) => {
    throw noRoute(request)
  })
}

/** Like `nl dark`; a dash stands for what nobody has chosen. */
const wordsOf = (look: Look | null) => (look === null ? '' : `${look.language ?? '-'} ${look.theme ?? '-'}`)

/** Whether a person's browser asks for a page, and not a script for a file that is not there. */
const wantsPage = (request: FastifyRequest) => (request.headers.accept ?? '').includes('text/html')

const patterns = Object.values(routes).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
}))

/** 405 when the address is there for other methods, else 404. */
function noRoute({ method, url }: FastifyRequest): HttpProblem {
  const path = url.split('?')[0]!
  const methods = patterns.filter(({ pattern }) => pattern.test(path)).map((route) => route.method)
  if (methods.length === 0) return new HttpProblem('no_such_route', 'There is nothing at this address.')
  const allow = [...new Set(methods)]
    .flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]))
    .join(', ')
  return new HttpProblem('method_not_allowed', `This address does not take ${method}; it takes ${allow}.`, {
    headers: { allow },
  })
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Amsterdam Bike Fleet</title>
<h1>The web app is not built yet</h1>
<p>The server runs. Build the web app with <code>npm run build -w apps/web</code> and load this page again.</p>
<p>The API is described at <a href="/api/docs">/api/docs</a>.</p>
</html>
`
