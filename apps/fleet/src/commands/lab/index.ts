import { defineGroup } from '../../command.ts'
import { labDown } from './down.ts'
import { labExec } from './exec.ts'
import { labUp } from './up.ts'

export const lab = defineGroup('lab', 'Real machines inside this one, to learn on, to test on and to break', [
  labUp,
  labDown,
  labExec,
])
