import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram } from '../hosts/run-program.ts'

const ansibleDirectory = fileURLToPath(new URL('../../../../deploy/ansible', import.meta.url))

// A program that is missing fails the test with its name: apt-get install ansible-lint yamllint.
test.each([
  ['ansible-lint', ['ansible-lint', '--strict', '--offline', '--nocolor']],
  ['yamllint', ['yamllint', '--strict', '.']],
])(
  '%s finds nothing to say of the playbooks',
  async (_, words) => {
    const { exitCode, stdout, stderr } = await runProgram(
      ['env', '-C', ansibleDirectory, 'LC_ALL=C.UTF-8', ...words],
      { timeoutMs: 110_000 },
    )
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 })
  },
  120_000,
)
