/** Shows a person what long work is at. */
export interface Steps {
  /**
   * Runs one named piece of work; `note` says what it is at, in a few words.
   * A failure passes through.
   */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>
}

/** Shows nothing. */
export const quietSteps: Steps = { step: (_, work) => work(() => {}) }
