import type { SpecProblem } from '@fleet/cluster'
import type { Paint } from '../terminal.ts'

/** All problems, each as place and field, what, why and fix; in the order they come in. */
export const renderProblems = (problems: readonly SpecProblem[], paint: Paint): string =>
  problems
    .map(({ severity, file, line, field, message, why, fix }) => {
      const mark = severity === 'error' ? paint.red('error') : paint.yellow('warning')
      return [
        `${paint.bold(`${file}:${line}`)}  ${field === '' ? '' : `${paint.cyan(field)}  `}${mark}`,
        `  ${message}`,
        `  ${paint.dim('why')}  ${why}`,
        `  ${paint.dim('fix')}  ${fix}`,
      ].join('\n')
    })
    .join('\n\n')

/** `2 errors, 1 warning`. */
export function countProblems(problems: readonly SpecProblem[]): string {
  const count = (severity: SpecProblem['severity']) =>
    problems.filter((problem) => problem.severity === severity).length
  const words = (number: number, noun: string) =>
    number === 0 ? [] : [`${number} ${noun}${number === 1 ? '' : 's'}`]
  return [...words(count('error'), 'error'), ...words(count('warning'), 'warning')].join(', ')
}
