import { apiUsers, ports } from '../layout.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'
import { acceptedText, askHttps, type HttpsQuestion } from '../status/ask-https.ts'
import { SourceError } from '../status/source-failure.ts'
import { type HaproxyStats, parseHaproxyStats } from './haproxy-stats.ts'

export interface HaproxyAccess extends Pick<HttpsQuestion, 'tls' | 'signal'> {
  /** Of the user `stats`. */
  readonly password: string
}

export interface HaproxyView extends HaproxyStats {
  readonly certificateEndsMs: number
}

/**
 * Asks one HAProxy, at its host's own address, how it sees its servers.
 *
 * @throws SourceError and Node's errors, for `nameFailure`
 */
export async function askHaproxy(host: HostSpec, access: HaproxyAccess): Promise<HaproxyView> {
  const answer = await ask(host.address, '/;csv', access)
  return { ...parseHaproxyStats(acceptedText(answer)), certificateEndsMs: answer.certificateEndsMs }
}

/**
 * Asks whoever holds the virtual address for its name.
 *
 * @throws SourceError and Node's errors, for `nameFailure`
 */
export async function askVipHolder(vip: string, access: HaproxyAccess): Promise<string> {
  const name = acceptedText(await ask(vip, '/node', access)).trim()
  if (!/^[\w.-]{1,253}$/u.test(name)) throw new SourceError('bad_answer', 'it does not give its name')
  return name
}

const ask = (address: string, path: string, { password, tls, signal }: HaproxyAccess) =>
  askHttps({
    address,
    port: ports.haproxyStats,
    path,
    tls,
    signal,
    authorization: `Basic ${Buffer.from(`${apiUsers.haproxyStats}:${password}`).toString('base64')}`,
  })
