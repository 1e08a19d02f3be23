import { AppError } from '@fleet/domain'

/** Where this machine reaches what listens on `host`. */
export function urlOf(host: string, port: number): string {
  const anywhere = host === '0.0.0.0' || host === '::'
  return `http://${anywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What an error of listening says to a person: AppError address_in_use or invalid_configuration, else as it was. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new AppError('address_in_use', `Another program listens on ${host}:${port}.`, { cause: error })
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new AppError('invalid_configuration', `Cannot listen on ${host}:${port} (${code}).`, {
      cause: error,
    })
  return error
}
