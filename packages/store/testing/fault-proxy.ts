import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { MessageSplitter } from './message-splitter.ts'

/** What happens to a connection at one message of the client. */
export type MessageFault =
  /** The message never arrives; both ends see the connection close. */
  | 'cut_before'
  /** The message is on its way when the connection closes: nobody can say whether it arrives. */
  | 'cut_during'
  /** The message arrives, the server answers, and the connection closes before the answer is there. */
  | 'cut_after'
  /** The message never arrives; both ends are told by a reset. */
  | 'reset'
  /** The message never arrives and nothing else passes from then on; neither end is told. */
  | 'silent_before'
  /** The message arrives, and nothing else passes from then on; neither end is told. */
  | 'silent_after'

/** Which messages of clients count: the COMMIT of what may write, the end of a pipeline or of a single statement, or all. */
export type MessageKind = 'commit' | 'sync' | 'any'

export interface Silence {
  /** Which way nothing passes. Default both. */
  readonly way?: 'both' | 'to_server' | 'to_client'
  /** The server is told that its clients are gone, as if it had lost its power: its sessions end. Default false. */
  readonly endsSessions?: boolean
}

/** Stands between clients and a PostgreSQL server without TLS, and does to their connections what networks do. */
export interface FaultProxy {
  readonly host: string
  readonly port: number
  /** Connections that clients have tried to open since the start. */
  readonly attempts: number
  /** Connections that are open. */
  readonly open: number
  /**
   * The next message of the kind, after `skip` others of it, on whichever connection, meets the fault.
   *
   * @param done is called at once after it, before the client can try again
   */
  plan(fault: MessageFault, at: MessageKind, skip?: number, done?: () => void): void
  /** Nothing passes any more, on connections that are open and on those to come, and nobody is told: no FIN, no RST. */
  fallSilent(silence?: Silence): void
  /** Everything from the server takes this much longer. */
  slowDown(delayMs: number): void
  /** Resets every open connection. */
  reset(): void
  /** New connections are closed at once, as by a proxy that has no server. */
  refuse(): void
  /** New connections are well again. Those that fell silent stay so, and what was planned is forgotten. */
  heal(): void
  /** New connections lead to this server. */
  leadTo(target: { readonly host: string; readonly port: number }): void
  close(): Promise<void>
}

interface Plan {
  readonly fault: MessageFault
  readonly at: MessageKind
  skip: number
  readonly done: () => void
}

/** One client's connection and its continuation to the server. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  passesToServer: boolean
  passesToClient: boolean
  isReadOnly: boolean
  /** The prepared statement that the next Execute is of. */
  bound: string
}

export async function startFaultProxy(server: {
  readonly host: string
  readonly port: number
}): Promise<FaultProxy> {
  let target = server
  let attempts = 0
  let isRefusing = false
  let delayMs = 0
  let silence: Silence['way'] | null = null
  let plans: Plan[] = []
  const pairs = new Set<Pair>()
  const abandoned = new Set<Socket>()

  const listener = createServer((client) => {
    attempts += 1
    client.setNoDelay(true)
    client.on('error', () => {})
    if (isRefusing) client.destroy()
    else join(client)
  })

  function join(client: Socket): void {
    const pair: Pair = {
      client,
      server: connect(target.port, target.host).setNoDelay(true),
      passesToServer: silence === null || silence === 'to_client',
      passesToClient: silence === null || silence === 'to_server',
      isReadOnly: false,
      bound: '',
    }
    pairs.add(pair)
    const splitter = new MessageSplitter()
    client.on('data', (chunk: Buffer) => {
      for (const message of splitter.split(chunk)) pass(pair, message)
    })
    pair.server.on('data', (chunk: Buffer) => {
      const send = () => pair.passesToClient && client.write(chunk)
      if (delayMs > 0) setTimeout(send, delayMs)
      else send()
    })
    pair.server.on('error', () => {})
    client.on('close', () => {
      pairs.delete(pair)
      // Where nothing passes, the end of a connection does not either: the server goes on with its session.
      if (pair.passesToServer) pair.server.destroy()
      else abandoned.add(pair.server)
    })
    pair.server.on('close', () => {
      if (pair.passesToClient) client.destroy()
    })
  }

  function pass(pair: Pair, message: Buffer): void {
    if (!pair.passesToServer) return
    // `Q`: the text. `B`: the portal, which has no name here, and the prepared statement, which short text names itself.
    const isBind = typeOf(message) === 'B'
    const text = message.toString('latin1', isBind ? 6 : 5, 80).split('\0', 1)[0]!
    if (isBind) pair.bound = text
    if (text.startsWith('BEGIN')) pair.isReadOnly = text.includes('READ ONLY')
    const plan = plans.find(({ at }) => isOfKind(pair, message, at))
    if (!plan || plan.skip-- > 0) {
      pair.server.write(message)
      return
    }
    plans = plans.filter((other) => other !== plan)
    meet(pair, message, plan.fault)
    plan.done()
  }

  return {
    host: '127.0.0.1',
    port: await listen(listener),
    get attempts() {
      return attempts
    },
    get open() {
      return pairs.size
    },
    plan: (fault, at, skip = 0, done = () => {}) => void plans.push({ fault, at, skip, done }),
    fallSilent({ way = 'both', endsSessions = false } = {}) {
      silence = way
      for (const pair of pairs) {
        if (way !== 'to_client') pair.passesToServer = false
        if (way !== 'to_server') pair.passesToClient = false
        if (endsSessions) pair.server.destroy()
      }
    },
    slowDown: (ms) => void (delayMs = ms),
    reset() {
      for (const { client, server: onward } of pairs) {
        client.resetAndDestroy()
        onward.resetAndDestroy()
      }
    },
    refuse: () => void (isRefusing = true),
    heal() {
      isRefusing = false
      silence = null
      delayMs = 0
      plans = []
    },
    leadTo: (next) => void (target = next),
    async close() {
      for (const { client, server: onward } of pairs) {
        client.destroy()
        onward.destroy()
      }
      for (const onward of abandoned) onward.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

function meet(pair: Pair, message: Buffer, fault: MessageFault): void {
  const cut = () => {
    pair.passesToClient = false
    pair.client.destroy()
    pair.server.destroy()
  }
  switch (fault) {
    case 'cut_before':
      cut()
      return
    case 'cut_during':
      pair.server.write(message)
      cut()
      return
    case 'cut_after':
      pair.passesToClient = false
      pair.server.write(message)
      pair.server.on('data', (chunk: Buffer) => {
        if (endsAnswer(chunk)) cut()
      })
      return
    case 'reset':
      pair.client.resetAndDestroy()
      pair.server.resetAndDestroy()
      return
    case 'silent_before':
      pair.passesToServer = false
      pair.passesToClient = false
      return
    case 'silent_after':
      pair.server.write(message)
      pair.passesToServer = false
      pair.passesToClient = false
  }
}

/** ReadyForQuery comes last, after COMMIT or Sync was carried out: a `Z`, the length 5 and one byte of status. */
const endsAnswer = (chunk: Buffer) => chunk.subarray(-6, -1).equals(readyForQuery)
const readyForQuery = Buffer.from('Z\0\0\0\x05', 'latin1')

/** https://www.postgresql.org/docs/17/protocol-message-formats.html */
const typeOf = (message: Buffer) => String.fromCharCode(message[0]!)

/** A COMMIT is carried out when its Execute arrives, before the Sync that ends its pipeline. */
function isOfKind(pair: Pair, message: Buffer, kind: MessageKind): boolean {
  const type = typeOf(message)
  if (kind === 'any') return true
  if (kind === 'sync') return type === 'S'
  if (pair.isReadOnly) return false
  return type === 'Q' ? message.toString('latin1', 5) === 'COMMIT\0' : type === 'E' && pair.bound === 'COMMIT'
}

function listen(listener: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port))
  })
}
