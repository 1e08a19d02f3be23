import type { z } from 'zod'
import { ports } from '../layout.ts'
import {
  clusterAnswer,
  historyAnswer,
  nodeAnswer,
  type PatroniCluster,
  type PatroniHistory,
  type PatroniNode,
} from '../patroni/patroni-answers.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'
import { acceptedText, askHttps, type HttpsQuestion } from './ask-https.ts'
import { parseAnswer } from './parse-answer.ts'

type Access = Pick<HttpsQuestion, 'tls' | 'signal'>

// Not by patroni-client.ts: its pool does not give a connection up that is still being made, and so the program would
// end seconds after its answer when a machine is silent.

/** The node about itself. @throws SourceError and Node's errors, for `nameFailure` */
export const askNode = (host: HostSpec, access: Access): Promise<PatroniNode> =>
  read(host, '/patroni', nodeAnswer, access)

/** The cluster as the node reads it from etcd now. @throws as `askNode` */
export const askCluster = (host: HostSpec, access: Access): Promise<PatroniCluster> =>
  read(host, '/cluster', clusterAnswer, access)

/** @throws as `askNode` */
export const askHistory = (host: HostSpec, access: Access): Promise<PatroniHistory> =>
  read(host, '/history', historyAnswer, access)

async function read<T extends z.ZodType>(
  { address }: HostSpec,
  path: string,
  schema: T,
  access: Access,
): Promise<z.output<T>> {
  const text = acceptedText(await askHttps({ address, port: ports.patroni, path, ...access }))
  return parseAnswer(schema, text)
}
