// Runs in a lab's network for publish.ts: hands what comes in by a socket file to a port of that network's 127.0.0.1.
import { createServer } from 'node:net'
import { joinSockets } from './join-sockets.ts'

const [socketFile, port] = process.argv.slice(2)
const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
  joinSockets(socket, { host: '127.0.0.1', port: Number(port) }),
)
server.listen(socketFile, () => process.stdout.write('ready\n'))
process.stdin.on('end', () => process.exit(0)).resume()
