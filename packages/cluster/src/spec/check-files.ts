import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterHome } from '../home.ts'
import { checkSecrets } from '../secrets/secrets-store.ts'
import type { ClusterSpec, SpecProblem } from './cluster-spec.ts'
import type { ParsedClusterYml } from './parse-cluster-yml.ts'

/**
 * What is wrong with the files beside cluster.yml: secrets and private keys that others may read, a key for ssh that
 * is not there. Files that the first deploy makes have no problems before it.
 *
 * @param lineOf of the parsed cluster.yml
 */
export async function checkFiles(
  home: ClusterHome,
  spec: ClusterSpec,
  lineOf: ParsedClusterYml['lineOf'],
): Promise<readonly SpecProblem[]> {
  return [
    ...(await checkSecrets(home, spec)),
    ...(await checkKeys(home.pkiDirectory)),
    ...(await checkSshFile(
      home,
      lineOf('ssh.identity_file'),
      'ssh.identity_file',
      spec.ssh.identityFile,
      true,
    )),
    ...(await checkSshFile(
      home,
      lineOf('ssh.known_hosts_file'),
      'ssh.known_hosts_file',
      spec.ssh.knownHostsFile,
      false,
    )),
  ]
}

/** Every `.key` below the folder of the certificates. */
async function checkKeys(directory: string): Promise<readonly SpecProblem[]> {
  let names: readonly string[]
  try {
    names = await readdir(directory, { recursive: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  const problems: SpecProblem[] = []
  for (const name of names.filter((file) => file.endsWith('.key')).toSorted()) {
    const file = join(directory, name)
    const mode = await modeOf(file)
    if (mode !== null && isOpen(mode))
      problems.push(
        problem(
          file,
          1,
          '',
          `The private key has mode 0${mode.toString(8)}: others than its owner may use it.`,
          'Whoever has it can pass for a part of the cluster.',
          `chmod 600 ${file}; and fleet cluster certs renew, if somebody may have read it.`,
        ),
      )
  }
  return problems
}

async function checkSshFile(
  home: ClusterHome,
  line: number,
  field: string,
  path: string | null,
  isPrivate: boolean,
): Promise<readonly SpecProblem[]> {
  if (path === null) return []
  const mode = await modeOf(path)
  if (mode === null)
    return [
      problem(
        home.specFile,
        line,
        field,
        `There is no file ${path}.`,
        'ssh could not reach the hosts.',
        "Name the file that is there, or remove the line for ssh's default.",
      ),
    ]
  return isPrivate && isOpen(mode)
    ? [
        problem(
          home.specFile,
          line,
          field,
          `${path} has mode 0${mode.toString(8)}.`,
          'ssh refuses a private key that others may read.',
          `chmod 600 ${path}`,
        ),
      ]
    : []
}

/** Null when there is no such file. */
async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isOpen = (mode: number) => (mode & 0o077) !== 0
const isMissing = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

const problem = (
  file: string,
  line: number,
  field: string,
  message: string,
  why: string,
  fix: string,
): SpecProblem => ({ severity: 'error', file, line, field, message, why, fix })
