import { ApiError, type Problem, type Route, type RouteName, routes } from '@fleet/api'

/** What came of sending something. */
export type SendVerdict =
  | { readonly is: 'done' }
  /** Not known whether it arrived, or not possible now: the same again later. */
  | {
      readonly is: 'later'
      /** What the server itself did wrong with it; null when it is only away. See `maxServerBugs`. */
      readonly bug: Problem | null
    }
  /** The server knows nobody by our cookie: the same again after the next sign-in. */
  | { readonly is: 'signed-out' }
  | { readonly is: 'refused'; readonly problem: Problem }

/** A bug of the server may pass with the moment; the same again and again does not, and is told. */
export const maxServerBugs = 3

/** The request came too slowly, too early or too often. */
const passing: ReadonlySet<number> = new Set([408, 425, 429])

export function verdictOf(error: unknown): Exclude<SendVerdict, { is: 'done' }> {
  if (!(error instanceof ApiError)) return { is: 'later', bug: null }
  const { problem } = error
  const { status, code } = problem
  if (isUnsettled(problem)) return { is: 'later', bug: problem }
  // Somebody between us and the server, whatever the status.
  if (code === 'unreadable_answer') return { is: 'later', bug: null }
  if (status === 401) return { is: 'signed-out' }
  // From 500 on: the server is away or does not know whether it is done.
  return status >= 500 || passing.has(status) ? { is: 'later', bug: null } : { is: 'refused', problem }
}

/** Whether it may have been done all the same. */
export const isUnsettled = ({ code }: Problem): boolean =>
  code === 'internal_error' || code === unfitAnswer.code

/**
 * Whether an answer is one of ours: the page of a hotel's network says 200, too, and must not pass for a delivery.
 *
 * @throws ApiError it is not; that of another version of the server is not, either
 */
export function checkAnswer(route: RouteName, value: unknown): void {
  const { response }: Route = routes[route]
  const fits = response === undefined ? value === undefined : response.safeParse(value).success
  if (!fits) throw new ApiError(unfitAnswer)
}

const unfitAnswer: Problem = {
  type: 'about:blank',
  title: 'Unfit answer',
  status: 200,
  detail: 'The answer of the server cannot be read here. Load the page again and see whether it was done.',
  code: 'unfit_answer',
}
