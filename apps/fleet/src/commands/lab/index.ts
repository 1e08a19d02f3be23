import { defineGroup } from '../../command.ts'
import { labCut, labHeal } from './cut.ts'
import { labDown } from './down.ts'
import { labExec } from './exec.ts'
import { labImage } from './image.ts'
import { labMeasure } from './measure.ts'
import { labPowerOff, labPowerOn } from './power.ts'
import { labRun } from './run.ts'
import { labSsh } from './ssh.ts'
import { labStatus } from './status.ts'
import { labUp } from './up.ts'

export const lab = defineGroup('lab', 'Real machines inside this one, to learn on, to test on and to break', [
  labUp,
  labDown,
  labStatus,
  labSsh,
  labExec,
  labRun,
  labPowerOff,
  labPowerOn,
  labCut,
  labHeal,
  labMeasure,
  labImage,
])
