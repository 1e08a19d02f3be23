import { ClusterError, type ClusterErrorCode } from '../src/cluster-error.ts'

/**
 * The ClusterError that a promise is expected to fail with.
 *
 * @throws Error when it does not fail, or with another code than the one that is given; what it failed with, when that is something else
 */
export async function failure(promise: Promise<unknown>, code?: ClusterErrorCode): Promise<ClusterError> {
  const error = await promise.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ClusterError)) throw error
  if (code !== undefined && error.code !== code)
    throw new Error(`It failed with ${error.code}, not ${code}: ${error.message}`)
  return error
}
