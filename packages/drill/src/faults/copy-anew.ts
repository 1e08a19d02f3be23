import { type Operation, reinitNode } from '@fleet/cluster'
import type { Lab } from '@fleet/lab'
import { runOnMachine } from './machine-script.ts'

/** What an operator does about a node without data: `fleet cluster reinit`. */
export async function copyAnew(operation: Operation, node: string, signal: AbortSignal): Promise<void> {
  await reinitNode({ ...operation, signal }, { node, acceptNoStandby: true })
}

/** Copies a node anew that has lost its data; one that has some is left alone. */
export async function copyAnewIfEmpty(lab: Lab, operation: Operation, node: string): Promise<void> {
  const hasData = await runOnMachine(
    lab,
    node,
    `test -e ${operation.spec.postgresql.dataDirectory}/PG_VERSION`,
  ).then(
    () => true,
    () => false,
  )
  if (!hasData) await copyAnew(operation, node, operation.signal)
}
