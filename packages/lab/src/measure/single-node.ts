import {
  certificatePaths,
  ClusterError,
  firewallTable,
  paths,
  ports,
  postgresqlPrograms,
} from '@fleet/cluster'
import type pg from 'pg'
import type { MachineState } from '../lab-state.ts'
import { execOnMachine } from '../machine.ts'
import type { MeasureContext } from './measure-context.ts'

/** A PostgreSQL without replication, to compare with. */
export interface SingleNode {
  readonly connection: pg.ClientConfig
  /** Stops it and removes its data. */
  close(): Promise<void>
}

const directory = '/var/lib/fleet-measure'

/** Starts one on the backup machine: the same release, over TLS, with the same role and password. */
export async function openSingleNode(context: MeasureContext, machine: MachineState): Promise<SingleNode> {
  const { spec } = context.operation
  const tls = certificatePaths('pgbackrest')
  const programs = postgresqlPrograms(spec.postgresql.version)
  // Also when an earlier measurement died.
  const stop = `
    if [ -d ${directory}/data ]; then
      runuser --user=postgres -- ${programs}/pg_ctl stop --silent --mode=immediate --pgdata=${directory}/data || true
    fi
    rm --recursive --force ${directory}`
  await onHost(
    context,
    machine,
    `set -eu
    ${stop}
    install --directory --owner=postgres --group=postgres --mode=0700 ${directory}
    cd ${directory}
    as_postgres() { runuser --user=postgres -- "$@"; }
    install --owner=postgres --mode=0600 /dev/null password
    cat > password
    as_postgres ${programs}/initdb --pgdata=data --username=${spec.postgresql.role} --pwfile=password \\
      --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    echo 'hostssl all all ${spec.network.subnet} scram-sha-256' >> data/pg_hba.conf
    as_postgres ${programs}/pg_ctl start --silent --wait --pgdata=data --log=log --options="\\
      -c listen_addresses=${machine.address} -c unix_socket_directories=${directory} -c ssl=on \\
      -c ssl_ca_file=${tls.authority} -c ssl_cert_file=${tls.certificate} -c ssl_key_file=${tls.privateKey}"
    nft insert rule ${firewallTable} input tcp dport ${ports.postgresql} accept`,
    context.secrets.app,
  )
  return {
    connection: {
      host: machine.address,
      port: ports.postgresql,
      user: spec.postgresql.role,
      password: context.secrets.app,
      database: 'postgres',
      ssl: { ca: context.pki.authorityPem, rejectUnauthorized: true },
    },
    close: () => onHost(context, machine, `set -eu\n${stop}\nnft --file ${paths.nftables}`),
  }
}

async function onHost(
  { lab }: MeasureContext,
  machine: MachineState,
  script: string,
  input = '',
): Promise<void> {
  const { exitCode, stderr } = await execOnMachine(lab, machine, ['bash', '-c', script], { input })
  if (exitCode !== 0)
    throw new ClusterError('command_failed', `A PostgreSQL to compare with did not start or stop: ${stderr}`)
}
