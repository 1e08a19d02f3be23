import type * as X509 from '@peculiar/x509'

/**
 * The certificate library, loaded when something is issued and not before: reading what was issued needs only Node.
 *
 * It hangs on a container for dependency injection that will not start without `Reflect.getMetadata`, a proposal that no
 * engine has. The library's classes carry no such metadata, so that the honest answer to every question is: none.
 */
export async function loadX509(): Promise<typeof X509> {
  if (!('getMetadata' in Reflect)) {
    const none = () => undefined
    Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none })
  }
  return await import('@peculiar/x509')
}
