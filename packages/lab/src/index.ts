export * from './lab-home.ts'
export * from './lab-state.ts'
export * from './steps.ts'
export * from './topology.ts'
export { readAptSettings } from './image/apt-settings.ts'
export { ensureImage, type LabImage, writeWay } from './image/build-image.ts'
export { createLab, type LabRequest, removeLab } from './create-lab.ts'
export { execOnMachine, isOn, onMachine } from './machine.ts'
export { enteredVariable, enterLab, inLab, runAttached } from './enter-lab.ts'
export {
  type Cut,
  clientEnd,
  cut,
  cutsOf,
  freeze,
  heal,
  killProcesses,
  powerOff,
  powerOn,
  signalProcesses,
  thaw,
} from './faults.ts'
export { type FileLock, openFileLock } from './file-lock.ts'
export { findMissingSupport, type LabHost, requireLabSupport } from './host-support.ts'
export { type LabStatus, type MachineStatus, readLab, readLabs } from './lab-status.ts'
export { clientEnvironment } from './lab-client.ts'
export { type PublishedPort, publishPort } from './publish.ts'
export { sshWords } from './ssh-keys.ts'
export * from './measure/index.ts'
