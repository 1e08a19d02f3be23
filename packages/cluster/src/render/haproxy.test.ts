import fc from 'fast-check'
import { expect, test } from 'vitest'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { withDebianRoot } from '../../testing/debian-root.ts'
import { issuedInput, sampleInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { haproxyUsersConfig, renderHaproxy } from './haproxy.ts'

const reference = referenceSpec()

function configOf(failover: Partial<ClusterSpec['failover']>): string {
  const spec = { ...reference, failover: { ...reference.failover, ...failover } }
  const files = renderHaproxy(sampleInput(spec), hostsWith(spec, 'haproxy')[0]!)
  return files.find(({ path }) => path === paths.haproxyConfig)!.content
}

/** How long a host is still trusted whose Patroni answers no more, at most. */
function graceMs(config: string): { readonly refusingMs: number; readonly hangingMs: number } {
  const [, inter, fall] = /-grace .* inter (\d+)ms fall (\d+)/.exec(config)!
  const checkS = Number(/timeout check (\d+)s/.exec(config)![1])
  return {
    refusingMs: Number(inter) * Number(fall),
    hangingMs: (Number(inter) + checkS * 1000) * Number(fall),
  }
}

// Patroni's own limits: ttl of 20 s and more, and loop_wait + 2 * retry_timeout within it.
const times = fc
  .record({ retryTimeoutS: fc.integer({ min: 3, max: 20 }), loopWaitS: fc.integer({ min: 1, max: 30 }) })
  .chain(({ retryTimeoutS, loopWaitS }) =>
    fc.record({
      retryTimeoutS: fc.constant(retryTimeoutS),
      loopWaitS: fc.constant(loopWaitS),
      ttlS: fc.integer({ min: Math.max(20, loopWaitS + 2 * retryTimeoutS), max: 120 }),
    }),
  )

test('a primary without a living Patroni is let go before its lease may be over, also when Patroni hangs', () => {
  fc.assert(
    fc.property(times, (failover) => {
      const { refusingMs, hangingMs } = graceMs(configOf(failover))
      expect(refusingMs).toBeLessThanOrEqual((failover.ttlS * 1000) / 2)
      // The lease was renewed up to one round before Patroni hung.
      expect(hangingMs).toBeLessThanOrEqual((failover.ttlS - failover.loopWaitS) * 1000)
    }),
  )
})

test('a Patroni that starts anew has some seconds for it', () => {
  expect(graceMs(configOf({ ttlS: 20, loopWaitS: 2, retryTimeoutS: 3 }))).toEqual({
    refusingMs: 8_000,
    hangingMs: 16_000,
  })
})

test('sessions that still connect to a primary that died end with it', async () => {
  const spec = referenceSpec()
  const files = renderHaproxy(await issuedInput(spec), hostsWith(spec, 'haproxy')[0]!)
  const nodes = hostsWith(spec, 'postgresql')
  // A network where nobody answers. At its start HAProxy takes every server for alive until its checks have failed.
  const script = `
ip link add hosts type veth peer name nobody
ip addr add 10.0.0.101/24 dev hosts; ip link set hosts up; ip link set nobody up
ip neigh add ${nodes[0]!.address} lladdr 02:00:00:00:00:01 dev hosts
mkdir -p /run/haproxy
haproxy -f ${paths.haproxyConfig} -f ${haproxyUsersConfig} >/dev/null 2>&1 &
python3 - ${nodes.map(({ name }) => name).join(' ')} <<'END'
import socket, sys, time
def ask(command):
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect('/run/haproxy/admin.sock')
        admin.sendall((command + '\\n').encode())
        return b''.join(iter(lambda: admin.recv(65536), b'')).decode()
def count(): return sum('fe=writes' in line for line in ask('show sess').splitlines())
for _ in range(100):
    try: ask('show info'); break
    except OSError: time.sleep(0.02)
first, *others = sys.argv[1:]
ask(f'disable health writes/{first}')
for name in others: ask(f'set server writes/{name} state maint')
clients = [socket.create_connection(('10.0.0.101', 5432)) for _ in range(8)]
for client in clients[:4]: client.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
def wait_for(wanted):
    deadline = time.monotonic() + 10
    while count() != wanted and time.monotonic() < deadline: time.sleep(0.02)
    return count()
print(wait_for(len(clients)))
ask(f'set server writes/{first} state maint')
print(wait_for(0))
END
kill %1`
  const { stdout, stderr } = await withDebianRoot(files, ['bash', '-c', script])
  expect([stdout, stderr]).toEqual(['8\n0\n', ''])
})
