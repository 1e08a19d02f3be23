import { z } from 'zod'
import { ports } from '../layout.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'
import { acceptedText, askHttps, type HttpsQuestion } from '../status/ask-https.ts'
import { parseAnswer } from '../status/parse-answer.ts'

// etcd 3.5's JSON gateway writes 64-bit numbers as strings and leaves out what is zero or false
// (https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/).

const uint64 = z.string().default('0')

const statusAnswer = z.object({
  header: z.object({ member_id: uint64 }),
  version: z.string(),
  dbSize: uint64,
  dbSizeInUse: uint64,
  leader: uint64,
  raftTerm: uint64,
  isLearner: z.boolean().default(false),
  errors: z.array(z.string()).default([]),
})

const memberListAnswer = z.object({
  members: z.array(
    z.object({
      ID: uint64,
      name: z.string().default(''),
      peerURLs: z.array(z.string()).default([]),
      isLearner: z.boolean().default(false),
    }),
  ),
})

export interface EtcdMember {
  readonly id: string
  /** Empty until the member has started for the first time. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly learner: boolean
}

/** One etcd member about itself and what it knows of the others. */
export interface EtcdView {
  readonly id: string
  readonly version: string
  /** Id of the member that it takes for the leader; null when it knows none: it has no quorum. */
  readonly leaderId: string | null
  readonly raftTerm: number
  readonly databaseBytes: number
  readonly databaseInUseBytes: number
  readonly learner: boolean
  /** Alarms that are raised anywhere: a member's name where it is known, else its id. */
  readonly alarms: readonly { readonly member: string; readonly alarm: string }[]
  readonly members: readonly EtcdMember[]
  readonly certificateEndsMs: number
}

/**
 * Asks one etcd member over its JSON gateway, with mutual TLS. Only what it answers from its own memory is asked, so
 * it speaks also without a quorum.
 *
 * @throws SourceError and Node's errors, for `nameFailure`
 */
export async function askEtcd(
  host: HostSpec,
  access: Pick<HttpsQuestion, 'tls' | 'signal'>,
): Promise<EtcdView> {
  const at = { address: host.address, port: ports.etcdClient, body: {}, ...access }
  const [status, list] = await Promise.all([
    askHttps({ ...at, path: '/v3/maintenance/status' }),
    askHttps({ ...at, path: '/v3/cluster/member/list' }),
  ])
  return parseEtcdView(acceptedText(status), acceptedText(list), status.certificateEndsMs)
}

/**
 * @param status body of /v3/maintenance/status
 * @param list body of /v3/cluster/member/list
 * @throws SourceError bad_answer
 */
export function parseEtcdView(status: string, list: string, certificateEndsMs: number): EtcdView {
  const found = parseAnswer(statusAnswer, status)
  const members = parseAnswer(memberListAnswer, list).members.map(({ ID, name, peerURLs, isLearner }) => ({
    id: ID,
    name,
    peerUrls: peerURLs,
    learner: isLearner,
  }))
  return {
    id: found.header.member_id,
    version: found.version,
    leaderId: found.leader === '0' ? null : found.leader,
    raftTerm: Number(found.raftTerm),
    databaseBytes: Number(found.dbSize),
    databaseInUseBytes: Number(found.dbSizeInUse),
    learner: found.isLearner,
    alarms: found.errors.flatMap((text) => parseAlarm(text, members)),
    members,
    certificateEndsMs,
  }
}

/** `memberID:10501334649042878790 alarm:NOSPACE`, as etcd prints its AlarmMember; `etcdserver: no leader` is told by `leaderId`. */
function parseAlarm(
  text: string,
  members: readonly EtcdMember[],
): readonly { readonly member: string; readonly alarm: string }[] {
  const found = /^memberID:(\d+)\s+alarm:(\w+)/u.exec(text)
  if (!found) return []
  const [, id = '', alarm = ''] = found
  return [{ member: members.find((member) => member.id === id)?.name || id, alarm }]
}
