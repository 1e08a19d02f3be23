/** What is on top of a list at the moment is no part of a view: an open record, a form, what is selected. */
const passing = new Set(['d', 'b', 'i', 'c', 'z', 'bike', 'new', 'sel'])

/** The part of an address that a saved view keeps: `status=failed&day=all`. */
export function viewSearch(search: string): string {
  const kept = [...new URLSearchParams(search)].filter(([key]) => !passing.has(key))
  return new URLSearchParams(kept).toString()
}

/** Whether two addresses show the same, whatever the order of their parameters. */
export const isSameView = (a: string, b: string): boolean => sorted(a) === sorted(b)

function sorted(search: string): string {
  const parameters = new URLSearchParams(viewSearch(search))
  parameters.sort()
  return parameters.toString()
}
