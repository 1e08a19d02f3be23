import { connect } from 'node:net'

/*
 * The couriers of bench/live.ts, a process of its own: every bike sends one fix a second, one fix a request, spread
 * evenly over the second. Each fix bears the moment at which it was sent. `node live-fixes.ts JSON`.
 */

export interface LiveFixesOptions {
  readonly port: number
  readonly bikes: number
  readonly connections: number
  readonly durationMs: number
}

export interface LiveFixesResult {
  readonly sent: number
  readonly answered: number
  readonly refused: number
}

const { port, bikes, connections, durationMs } = JSON.parse(process.argv[2]!) as LiveFixesOptions
let sent = 0
let answered = 0
let refused = 0

const lines = Array.from({ length: connections }, () => {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  socket.on('error', (error) => {
    throw error
  })
  // Answers without a body: each begins with the status line. One that is cut in two chunks counts with its first.
  socket.on('data', (chunk: Buffer) => {
    for (const status of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d+)/g))
      if (status[1] === '200') answered += 1
      else refused += 1
  })
  return socket
})

const began = performance.now()
const timer = setInterval(() => {
  const elapsedMs = performance.now() - began
  if (elapsedMs > durationMs) {
    clearInterval(timer)
    setTimeout(finish, 1_000)
    return
  }
  const due = Math.floor((elapsedMs / 1000) * bikes)
  for (; sent < due; sent++) {
    const bike = sent % bikes
    // Along a circle of 1 km, at 5 m/s.
    const angle = bike + Math.floor(sent / bikes) * 0.005
    const lat = (52.37 + 0.009 * Math.sin(angle)).toFixed(7)
    const lon = (4.89 + 0.0147 * Math.cos(angle)).toFixed(7)
    lines[bike % connections]!.write(
      `GET /?id=bench-${bike}&timestamp=${Date.now()}&lat=${lat}&lon=${lon}&speed=9.7&bearing=270&accuracy=4.8&batt=83 HTTP/1.1\r\n` +
        'Host: 127.0.0.1\r\n\r\n',
    )
  }
}, 5)

function finish(): void {
  for (const line of lines) line.destroy()
  process.send?.({ sent, answered, refused } satisfies LiveFixesResult)
  process.disconnect?.()
}
