export { deployCluster, type DeployInput, type DeployReport } from './deploy-cluster.ts'
export { type DeployEvent, type OnDeployEvent, type StepOutcome } from './deploy-event.ts'
