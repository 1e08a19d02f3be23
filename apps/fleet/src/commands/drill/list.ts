import type * as Drilling from '@fleet/drill'
import type { Drill } from '@fleet/drill'
import { defineCommand } from '../../command.ts'
import { renderTable } from '../../table.ts'
import { wrapText } from '../../wrap-text.ts'
import { chooseDrill } from './drill-options.ts'

export const drillList = defineCommand({
  name: 'list',
  summary: 'Every drill; with NAME, what happens in it and what must hold',
  options: {},
  positionals: [{ name: 'drill', summary: 'One drill by its name', required: false }],
  examples: [
    { line: 'fleet drill list', says: 'All of them' },
    { line: 'fleet drill list primary-power-off', says: 'What it does, and what is expected' },
  ],
  async run({ positionals }, world) {
    const drilling = await import('@fleet/drill')
    const { drills } = drilling
    if (positionals.drill === null)
      return {
        data: { drills },
        text: renderTable(
          ['DRILL', 'ON A CLUSTER IN USE', 'WHAT HAPPENS'],
          drills.map(({ name, harmless, topology, title }) => [
            name,
            harmless ? 'yes' : 'no',
            topology === 'any' ? title : `${title} (topology ${topology})`,
          ]),
        ),
      }
    const drill = chooseDrill(drills, positionals.drill)
    return { data: drill, text: renderDrill(drill, drilling, world.terminal.columns) }
  },
})

function renderDrill(
  drill: Drill,
  { describeFault, inSeconds, promisesOf, workloads }: typeof Drilling,
  columns: number,
): string {
  const { name, title, expects, steps, before, workloads: names, limits, harmless } = drill
  const indented = (lines: readonly string[]) =>
    lines.flatMap((line) =>
      wrapText(line, columns - 4).map((piece, at) => `${at === 0 ? '  - ' : '    '}${piece}`),
    )
  const stepLines = steps.map(
    ({ atS, fault, healAtS }) =>
      `After ${atS} s: ${describeFault(fault)}${healAtS === null ? '.' : `; mended after ${healAtS} s.`}`,
  )
  return [
    `${name}: ${title}`,
    ...wrapText(expects, columns),
    '',
    'Who works meanwhile:',
    ...indented(names.map((each) => workloads[each].summary)),
    'What happens:',
    ...indented([...before.map(({ do: what, on }) => `Before: ${what} on the ${on}.`), ...stepLines]),
    'What must hold:',
    ...indented([
      ...promisesOf(drill),
      `Longest silence: ${inSeconds(limits.writeGapMs)} for writes by SQL, ${inSeconds(limits.readGapMs)} for reads from standbys, ${inSeconds(limits.appGapMs)} for commands through the app; healthy again within ${inSeconds(limits.healthyAgainMs)}.`,
    ]),
    harmless
      ? 'It may be run on a cluster in use: fleet drill run ' + name + ' --file cluster.yml'
      : 'It is for a lab.',
  ].join('\n')
}
