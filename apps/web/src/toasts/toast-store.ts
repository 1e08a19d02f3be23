/** A short message that goes by itself. */
export interface Toast {
  readonly id: number
  /** `failed` stays until it is closed and is read out at once. */
  readonly tone: 'done' | 'failed'
  readonly text: string
  /** The server's own sentence, where there is one. */
  readonly detail?: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** More than these would cover the page; the oldest makes room. */
const mostShown = 3

/** The messages on screen, newest last. */
export class ToastStore {
  #toasts: readonly Toast[] = []
  #lastId = 0
  readonly #listeners = new Set<() => void>()

  get toasts(): readonly Toast[] {
    return this.#toasts
  }

  show(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#lastId
    this.#set([...this.#toasts, { ...toast, id }].slice(-mostShown))
    return id
  }

  dismiss(id: number): void {
    if (this.#toasts.some((toast) => toast.id === id))
      this.#set(this.#toasts.filter((toast) => toast.id !== id))
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(toasts: readonly Toast[]): void {
    this.#toasts = toasts
    for (const listener of this.#listeners) listener()
  }
}
