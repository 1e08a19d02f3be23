interface RowPage<Row> {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
}

export interface PagedView<Row> {
  readonly rows: readonly Row[]
  /** Of `rows`; the same set for as long as the pages last. */
  readonly ids: ReadonlySet<string>
  readonly complete: boolean
  readonly loading: boolean
  readonly failed: boolean
}

/** When the list first grows on screen while everything is being read; then after twice that, and so on. */
const firstTellMs = 500

/** Pages of one list, read one after the other as they are needed, in the order of the server. */
export class PagedRows<Row extends { readonly id: string }> {
  readonly #load: (cursor: string | null, signal: AbortSignal) => Promise<RowPage<Row>>
  readonly #ids = new Set<string>()
  readonly #read: Row[] = []
  #cursor: string | null = null
  #stop: AbortController | null = null
  #readsAll = false
  #toldAtMs = 0
  #tellAfterMs = 0
  #view: PagedView<Row>
  readonly #listeners = new Set<() => void>()

  constructor(load: (cursor: string | null, signal: AbortSignal) => Promise<RowPage<Row>>) {
    this.#load = load
    this.#view = { rows: [], ids: this.#ids, complete: false, loading: true, failed: false }
  }

  get view(): PagedView<Row> {
    return this.#view
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads the next page, unless one is being read or there is none. After a failure it tries again. */
  more = (): void => {
    if (this.#stop !== null || this.#view.complete) return
    const stop = new AbortController()
    this.#stop = stop
    if (!this.#view.loading || this.#view.failed) this.#set({ loading: true, failed: false })
    void this.#readPage(stop)
  }

  /** Reads page after page from now on. @returns ends that */
  readAll(): () => void {
    this.#readsAll = true
    if (!this.#view.failed) this.more()
    return () => {
      this.#readsAll = false
    }
  }

  close(): void {
    this.#stop?.abort()
    this.#stop = null
  }

  async #readPage(stop: AbortController): Promise<void> {
    let page: RowPage<Row> | null = null
    try {
      page = await this.#load(this.#cursor, stop.signal)
    } catch {
      // Told below: whoever looks at the list sees that it failed, and may ask again.
    }
    if (stop.signal.aborted) return
    this.#stop = null
    if (page === null) {
      this.#set({ rows: [...this.#read], loading: false, failed: true })
      return
    }
    this.#cursor = page.nextCursor
    const complete = page.nextCursor === null
    // A row that was created meanwhile shifts nothing, but one may be named twice.
    for (const row of page.items)
      if (!this.#ids.has(row.id)) {
        this.#ids.add(row.id)
        this.#read.push(row)
      }
    // Two hundred pages in a row are not two hundred renderings.
    const now = performance.now()
    if (complete || !this.#readsAll || now - this.#toldAtMs > this.#tellAfterMs) {
      // The longer the list, the more it costs to put in order.
      this.#tellAfterMs = this.#tellAfterMs === 0 ? firstTellMs : this.#tellAfterMs * 2
      this.#toldAtMs = now
      this.#set({ rows: [...this.#read], complete, loading: false })
    }
    if (this.#readsAll) this.more()
  }

  #set(change: Partial<PagedView<Row>>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
