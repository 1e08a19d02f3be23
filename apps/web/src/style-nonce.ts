import { setNonce } from 'get-nonce'

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

/** The value that the server allows style elements to carry in this page. */
export const styleNonce = (): string => nonce

// Mantine's scroll lock makes its style element through this library.
setNonce(nonce)
