export * from './cluster-failure.ts'
export * from './reference-spec.ts'
export * from './arbitrary-cluster-yml.ts'
export * from './observed-cluster.ts'
