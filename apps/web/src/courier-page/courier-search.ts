/** What the address of the courier's page says. */
export interface CourierSearch {
  /** Code of the delivery whose stop is shown large; the next stop when left out. */
  readonly d?: string
}

export const parseCourierSearch = (search: Record<string, unknown>): CourierSearch =>
  typeof search['d'] === 'string' && /^[A-Z]{1,4}-\d{1,12}$/.test(search['d']) ? { d: search['d'] } : {}
