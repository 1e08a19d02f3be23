import { ClusterError } from '../cluster-error.ts'
import { runProgram } from '../hosts/run-program.ts'

/** How a file begins that Ansible Vault has encrypted. */
export const isVault = (text: string): boolean => text.startsWith('$ANSIBLE_VAULT;')

const timeoutMs = 30_000
const fix =
  'Set ANSIBLE_VAULT_PASSWORD_FILE to the file that holds its password, and install ansible if it is not there.'

/** @throws ClusterError command_failed in Ansible's words; missing_program */
export const openVault = (file: string): Promise<string> => vault(['view', '--', file], '', file)

/** What belongs in the file for `text`, under the same password. */
export const closeVault = (text: string, file: string): Promise<string> =>
  vault(['encrypt', '--output', '-', '-'], text, file)

async function vault(words: readonly string[], input: string, file: string): Promise<string> {
  // Its password comes from where ANSIBLE_VAULT_PASSWORD_FILE or ansible.cfg says; it has no terminal to ask on.
  const { exitCode, by, stdout, stderr } = await runProgram(['ansible-vault', ...words], { input, timeoutMs })
  if (exitCode === 0 && by === 'exit') return stdout
  const said = stderr.split('\n').findLast((line) => line.startsWith('ERROR')) ?? stderr.trim()
  throw new ClusterError(
    'command_failed',
    `${file} is encrypted, and ansible-vault did not open it: ${said}`,
    { fix },
  )
}
