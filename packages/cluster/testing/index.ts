export * from './reference-spec.ts'
