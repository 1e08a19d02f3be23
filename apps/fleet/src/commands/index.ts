import { defineGroup } from '../command.ts'
import { serve } from './serve.ts'

/** Every command of `fleet`. */
export const commands = defineGroup('fleet', 'Amsterdam Bike Fleet', [serve])
