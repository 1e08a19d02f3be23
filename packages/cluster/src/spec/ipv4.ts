/** IPv4 networks as the cluster's files write them. Numbers are unsigned 32-bit. */
export interface Network {
  readonly first: number
  readonly last: number
  readonly prefix: number
}

/** @returns null when the text is no dotted-quad address; octets with leading zeros are none (some programs read octal) */
export function parseAddress(text: string): number | null {
  const octets = text.split('.')
  if (
    octets.length !== 4 ||
    !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255)
  )
    return null
  return octets.reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

/** @returns null when the text is no `ADDRESS/PREFIX`; an address with host bits gives the network around it */
export function parseNetwork(text: string): Network | null {
  const [addressText = '', prefixText, ...rest] = text.split('/')
  const address = parseAddress(addressText)
  if (address === null || rest.length > 0 || prefixText === undefined || !/^(0|[1-9]\d?)$/.test(prefixText))
    return null
  const prefix = Number(prefixText)
  if (prefix > 32) return null
  const size = 2 ** (32 - prefix)
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1, prefix }
}

export const formatNetwork = ({ first, prefix }: Network): string => `${formatAddress(first)}/${prefix}`

export const isWithin = (network: Network, address: number): boolean =>
  address >= network.first && address <= network.last
