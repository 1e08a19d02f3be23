import { isIP } from 'node:net'
import { nearestWord } from '@fleet/cluster/nearest-word'
import type { ConfigProblem } from '@fleet/store'

export type Env = Readonly<Record<string, string | undefined>>

/** Every variable that the programs of this project read, for suggestions and for the help. */
export const knownVariables = {
  FLEET_DB: 'File of the embedded database (default: in your data folder)',
  FLEET_HOST: 'Address to listen on: 127.0.0.1 this machine only (default), 0.0.0.0 the network',
  FLEET_PORT: 'Port of the app (default 8484; 0 any free one)',
  FLEET_OSMAND_HOST: 'Address for trackers (default FLEET_HOST)',
  FLEET_OSMAND_PORT: 'Port for trackers (default 5055; off closes it)',
  FLEET_SEED: 'demo fills an empty database with a demo fleet (default), none leaves it empty',
  FLEET_DEMO_RIDERS: 'How many demo couriers ride when the demo fleet is there (default 60; 0 none)',
  FLEET_RETENTION_DAYS: 'How long positions are kept (default 90)',
  FLEET_PUBLIC_URL: 'Where people reach the app when a proxy stands before it',
  FLEET_TRUST_PROXY: 'Addresses of proxies whose X-Forwarded headers are believed, with commas between',
  FLEET_DISPATCH_PHONE: 'Number under which couriers reach a dispatcher, like +31 20 123 4567',
  FLEET_SPOOL_DIR: 'Folder for positions that come while PostgreSQL is away (default: in your data folder)',
  FLEET_SPOOL_MB: 'What that folder may hold, in MiB (default 1024; 0: positions stay on the phones)',
  FLEET_METRICS_OPEN: '1 gives /metrics to other machines (default: this machine only)',
  FLEET_SETTINGS: 'Settings of the desktop app, which sets it; read by a server that it started',
  FLEET_LOG: 'text or json (default: text on a terminal, json elsewhere)',
  FLEET_LOG_LEVEL: 'debug, info (default), warn or error',
} as const

/** Variables of the database, read by the store. */
export const databaseVariables = {
  PG_HOST: 'PostgreSQL server or virtual IP; set it to use PostgreSQL',
  PG_PORT: 'Its port (default 5432)',
  PG_READ_PORT: 'Port of replicas, for reads of the past (default: the primary answers them)',
  PG_USER: 'Role',
  PG_PASSWORD: 'Password',
  PG_DATABASE: 'Database',
  PG_POOL_SIZE: 'Connections of this instance (default 10)',
  PGSSLMODE: 'disable, require, verify-ca or verify-full',
  PGSSLROOTCERT: 'PEM file of the authority that signed the server certificate',
} as const

/** Variables of `fleet cluster` and `fleet lab`; `fleet lab run` sets the first for what it runs. */
export const clusterVariables = {
  FLEET_CLUSTER: 'The cluster.yml of fleet cluster commands (default cluster.yml in this folder)',
  FLEET_LAB: 'Name of the lab of fleet lab commands (default lab)',
  FLEET_LAB_HOME: 'Folder of the labs (default /var/lib/amsterdam-bike-fleet/labs)',
  FLEET_LAB_CACHE: "Folder of the labs' base image (default /var/cache/amsterdam-bike-fleet/lab)",
} as const

/** A variable that nobody reads is most often one that somebody misspelt. */
export function findUnknownVariables(env: Env): string[] {
  const known = Object.keys({ ...knownVariables, ...clusterVariables })
  const bare = (name: string) => name.slice('FLEET_'.length)
  return Object.keys(env)
    .filter((name) => name.startsWith('FLEET_') && !known.includes(name))
    .sort()
    .map((name) => {
      // Without the prefix: it would make any two of them look alike.
      const meant = nearestWord(bare(name), known.map(bare))
      return `${name} is not a setting of this program.${meant ? ` Did you mean FLEET_${meant}?` : ''}`
    })
}

/** Reads variables one by one and keeps what is wrong: a person corrects all of it at once. */
export class SettingsReader {
  readonly problems: ConfigProblem[] = []
  readonly #env: Env

  constructor(env: Env) {
    this.#env = env
  }

  /** An empty variable counts as not set. */
  text(name: string): string | null {
    return this.#env[name]?.trim() || null
  }

  choice<const T extends string>(name: string, values: readonly T[]): T | null {
    const value = this.text(name)
    if (value === null) return null
    const known = values.find((candidate) => candidate === value)
    if (known === undefined) {
      const meant = nearestWord(value, values)
      this.fail(
        name,
        `${name} is "${value}".`,
        `Set it to one of ${values.join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`,
      )
    }
    return known ?? null
  }

  wholeNumber(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name)
    if (value === null) return fallback
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    this.fail(
      name,
      `${name} is "${value}", which is not a whole number from ${min} to ${max}.`,
      `Set it to such a number, or unset it for ${fallback}.`,
    )
    return fallback
  }

  /** A name or an address without port, path or spaces. */
  host(name: string, fallback: string): string {
    const value = this.text(name)
    if (value === null) return fallback
    const bare = value.replace(/^\[(.*)\]$/, '$1')
    const isPlausible = /^[A-Za-z0-9.-]+$/.test(bare) || /^[0-9a-fA-F:.]+(%[\w.-]+)?$/.test(bare)
    if (isPlausible) return bare
    this.fail(
      name,
      `${name} is "${value}", which is no host name and no IP address.`,
      'Set it to one, without a port.',
    )
    return fallback
  }

  /** IP addresses and networks (10.0.0.0/24), with commas between. Null when not set. */
  networks(name: string): readonly string[] | null {
    const value = this.text(name)
    if (value === null) return null
    const networks = value.split(',').map((network) => network.trim())
    const wrong = networks.filter((network) => {
      const [address = '', bits] = network.split('/')
      const version = isIP(address)
      return (
        version === 0 ||
        (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
      )
    })
    if (wrong.length > 0)
      this.fail(
        name,
        `${name} has "${wrong.join('", "')}", which is no IP address and no network.`,
        'Set it like 10.0.0.101,10.0.0.102 or 10.0.0.0/24.',
      )
    return networks
  }

  webAddress(name: string): URL | null {
    const value = this.text(name)
    if (value === null) return null
    const url = URL.canParse(value) ? new URL(value) : null
    if (url && (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/' && !url.search)
      return url
    this.fail(
      name,
      `${name} is "${value}", which is no web address.`,
      'Set it like https://fleet.example.nl, without a path.',
    )
    return null
  }

  /** A telephone number as people write it. Null when not set. */
  phone(name: string): string | null {
    const value = this.text(name)
    if (value === null || /^\+?[\d ().-]{3,40}$/.test(value)) return value
    this.fail(name, `${name} is "${value}", which is no telephone number.`, 'Set it like +31 20 123 4567.')
    return null
  }

  fail(name: string, message: string, fix: string): void {
    this.problems.push({ variable: name, value: this.text(name), message, fix })
  }
}
