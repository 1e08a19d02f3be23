import type { NetworkInterfaceInfo } from 'node:os'

/** Bridges and tunnels of this machine's own making: no phone is there. */
const virtualName = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|wg|zt|tailscale|cni|lo)/i

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * The address by which phones on the same network most likely reach this machine: IPv4 (shorter in a QR code, and
 * every hotspot has it), of a real interface, private ranges first.
 */
export function guessLanAddress(interfaces: Interfaces): string | null {
  const candidates = Object.entries(interfaces)
    .filter(([name]) => !virtualName.test(name))
    .flatMap(([, infos]) => infos ?? [])
    .filter(
      ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address)
  return candidates.find(isPrivate) ?? candidates[0] ?? null
}

const isPrivate = (address: string) => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address)

export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')
const isAnyAddress = (host: string) => host === '0.0.0.0' || host === '::'

export interface PhoneAddress {
  /** Without a slash at the end. */
  readonly url: string
  /** What keeps a phone from reaching it, and what to do; null when nothing is known to. */
  readonly warning: string | null
}

/**
 * Where a phone should send to, for an app that listens on `host:port`.
 *
 * @param variable what to set so that it listens to the network
 */
export function phoneAddress(
  listen: { readonly host: string; readonly port: number; readonly variable: string },
  interfaces: Interfaces,
): PhoneAddress {
  const lan = guessLanAddress(interfaces)
  if (isLoopback(listen.host))
    return {
      url: `http://${lan ?? '127.0.0.1'}:${listen.port}`,
      warning:
        `The app listens on this machine only (${listen.host}): a phone cannot reach it. ` +
        `Start it with ${listen.variable}=0.0.0.0, and let port ${listen.port} through the firewall.`,
    }
  if (!isAnyAddress(listen.host))
    return {
      url: `http://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`,
      warning: null,
    }
  if (lan) return { url: `http://${lan}:${listen.port}`, warning: null }
  return {
    url: `http://127.0.0.1:${listen.port}`,
    warning: 'This machine has no address on a network: give the one that phones can reach with --url.',
  }
}
