/** `12.3 s`. */
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
