import { config } from 'zod'

/*
 * zod compiles validators with `new Function` where it may; our Content-Security-Policy forbids that, and even the
 * attempt is reported as a violation. Must be imported before anything that makes a schema.
 */
config({ jitless: true })
