import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '@fleet/cluster'

/** How this machine reaches its Debian mirror: the same way is used for the image. */
export interface AptSettings {
  readonly mirror: string
  /** Keys that sign the mirror, where the machine's sources name a file; null for debootstrap's own. */
  readonly keyring: string | null
  /** Options below `Acquire::`, in the syntax of apt.conf. */
  readonly acquire: string
  /** Proxy for http; null for none. */
  readonly proxy: string | null
  /** Lines of netrc(5) from auth.conf and auth.conf.d: secrets. */
  readonly netrc: string
}

const debianMirror = 'http://deb.debian.org/debian'

/** One kind of index of one source, as `apt-get indextargets` prints it with `indexFormat`. */
const indexFormat = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)'

/**
 * The mirror of Debian's main archive among the machine's sources; other repositories that call a component `main`
 * have other releases.
 *
 * @param codename this machine's; null when it is not Debian
 */
export function parseIndexTargets(
  text: string,
  codename: string | null,
): { readonly mirror: string; readonly keyring: string | null } {
  for (const line of text.split('\n')) {
    const [uri = '', release, component, signedBy = ''] = line.split('|')
    if (release !== codename || component !== 'main' || !/^https?:\/\//.test(uri)) continue
    return { mirror: uri.replace(/\/$/, ''), keyring: /^\/\S+$/.test(signedBy) ? signedBy : null }
  }
  return { mirror: debianMirror, keyring: null }
}

/** @param osRelease of /etc/os-release; only Debian's own sources have Debian's archive */
export const debianCodename = (osRelease: string): string | null =>
  /^ID=debian$/m.test(osRelease) ? (/^VERSION_CODENAME=(\S+)$/m.exec(osRelease)?.[1] ?? null) : null

const autoDetect = /^Acquire::http::Proxy-?Auto-?Detect "(.+)";$/i

/**
 * @param dump what `apt-config dump` prints: `Acquire::http::Proxy "http://proxy:3128";`
 * @returns what concerns fetching, without programs that would have to exist in the image too
 */
export function parseAptDump(dump: string): {
  readonly acquire: string
  readonly proxy: string | null
  /** A program of this machine that prints the proxy for the address that it is given. */
  readonly proxyProgram: string | null
} {
  const lines = dump.split('\n').filter((line) => line.startsWith('Acquire::') && !line.endsWith(' "";'))
  const valueOf = (pattern: RegExp) =>
    lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined) ?? null
  return {
    acquire: lines.filter((line) => !/::Proxy-?Auto-?Detect\b/i.test(line)).join('\n'),
    proxy: readProxy(valueOf(/^Acquire::http::Proxy "(.+)";$/i) ?? ''),
    proxyProgram: valueOf(autoDetect),
  }
}

const readProxy = (text: string): string | null => (/^(DIRECT)?$/i.test(text.trim()) ? null : text.trim())

/**
 * apt's entries may name a scheme and a path; netrc(5) knows the host only.
 *
 * @param text of auth.conf
 */
export const netrcOf = (text: string): string =>
  text.replace(/(^|\s)machine\s+(?:https?:\/\/)?([^\s/:]+)\S*/g, '$1machine $2')

export async function readAptSettings(): Promise<AptSettings> {
  const codename = debianCodename(readFileSync('/etc/os-release', 'utf8'))
  const targets = await runProgram([
    'apt-get',
    'indextargets',
    '--format',
    indexFormat,
    'Created-By: Packages',
  ])
  const { mirror, keyring } = parseIndexTargets(targets.stdout, codename)
  const { stdout } = await runProgram(['apt-config', 'dump'])
  const { acquire, proxy, proxyProgram } = parseAptDump(stdout)
  const found =
    proxy === null && proxyProgram !== null
      ? readProxy((await runProgram([proxyProgram, mirror], { timeoutMs: 10_000 })).stdout)
      : proxy
  const parts = '/etc/apt/auth.conf.d'
  const files = [
    '/etc/apt/auth.conf',
    ...(existsSync(parts) ? readdirSync(parts).filter((name) => name.endsWith('.conf')) : []).map((name) =>
      join(parts, name),
    ),
  ]
  return {
    mirror,
    keyring,
    acquire: found === null || found === proxy ? acquire : `${acquire}\nAcquire::http::Proxy "${found}";`,
    proxy: found,
    netrc: files
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n'),
  }
}
