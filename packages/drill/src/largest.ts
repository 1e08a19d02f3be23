/** Of as many as there are: as arguments of one call, some 100,000 are more than the stack holds. */
export function largest(values: Iterable<number>, atLeast = -Infinity): number {
  let found = atLeast
  for (const value of values) if (value > found) found = value
  return found
}
