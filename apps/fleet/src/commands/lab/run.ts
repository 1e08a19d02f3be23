import { defineCommand } from '../../command.ts'
import { labEnvironment, nameOption, nameWords } from './lab-options.ts'

export const labRun = defineCommand({
  name: 'run',
  summary: "Run a command on a client machine of the lab's network",
  description:
    "The command sees this machine's files and the lab's network, as 10.0.0.1, and finds the cluster by its variables:\n" +
    'PG_HOST and the rest for the app, PGHOST and the rest for psql, FLEET_CLUSTER for fleet cluster. TLS is verified.\n' +
    'What it listens on is out of reach from here, unless its port is published. `fleet lab down` ends it.',
  options: {
    ...nameOption,
    publish: {
      type: 'integer',
      value: 'PORT',
      summary: "Make this machine's 127.0.0.1:PORT lead to the command's",
      min: 1,
      max: 65_535,
    },
  },
  positionals: [],
  rest: { name: 'cmd', summary: 'The command and its arguments', required: true },
  environment: labEnvironment,
  examples: [
    {
      line: 'fleet lab run --publish 8484 -- npm start',
      says: 'The app on the cluster, at http://127.0.0.1:8484',
    },
    { line: "fleet lab run -- psql -c 'select pg_is_in_recovery()'", says: 'Through the virtual IP' },
  ],
  async run({ options, rest }, world) {
    const { clientEnvironment, findLab, inLab, openLabHome, publishPort, runAttached } =
      await import('@fleet/lab')
    const lab = findLab(openLabHome(world.env), options.name)
    const variables = await clientEnvironment(lab)
    if (!('PG_PASSWORD' in variables))
      world.terminal.err(
        `Nothing is deployed on this lab yet, so there is no password: fleet lab up${nameWords(options.name)}\n`,
      )
    const published = options.publish === null ? null : await publishPort(lab, options.publish)
    try {
      const exitCode = await runAttached(inLab(lab, rest), { ...world.env, ...variables })
      return { data: undefined, text: '', exitCode }
    } finally {
      await published?.close()
    }
  },
})
