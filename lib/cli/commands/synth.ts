import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Issue } from '../../model/issues';
import type { Context } from '../context';
import { paintIssue } from '../errors';
import { EXIT } from '../exit-code';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { changesText, nextText, synthesisData } from '../synth-report';
import type { Synthesis } from '../synthesis';
import { synthesizeTargets } from '../synthesis';
import { targetsOf } from '../targets';
import { uncommittedIssues } from '../uncommitted';

const DESCRIPTION = `Writes everything that main.ts stands for: Kubernetes manifests to dist/, the compose file to
compose/, Dockerfiles to docker/; other environments to dist/<name>/ and compose/<name>/.

The first run makes the secrets (secrets/cluster.env, compose/.env) with strong values of their
own; later runs add missing keys and never change or lose a value. A run that finds a mistake
writes nothing.`;

const HELP = `
Examples:
  tars synth                     everything that main.ts exports
  tars synth --env staging       one environment
  tars synth --check             in CI: exit 1 when the committed output is not fresh
  tars synth --no-secrets        where no secrets should be made or read
  tars synth -o json             what was written, for programs

Next: docker compose -f compose/docker-compose.yml up -d, or kubectl apply -f dist
`;

/** `tars synth`. */
export function synthCommand(context: Context): CommandUnknownOpts {
  return new Command('synth')
    .description(DESCRIPTION)
    .addOption(appOption())
    .addOption(envOption().conflicts('all'))
    .option('--all', 'all environments (the default)')
    .option('--output <directory>', 'directory of the manifests (default: as the app says, usually dist)')
    .option('--check', 'write nothing; exit 1 if a run would change files')
    .option('--strict', 'write nothing unless every scaling and balancing policy is followed exactly')
    .option('--no-secrets', 'neither make nor read secrets; an earlier secrets manifest stays as it is')
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const check = options.check === true;
      const done = await withProgress(io.stderr, 'synthesizing', async () => {
        const loaded = await context.loadApp(options.app, io);
        const targets = targetsOf(loaded, { env: options.env, output: options.output }, io.cwd);
        return synthesizeTargets(
          targets,
          {
            secrets: options.secrets,
            dryRun: check,
            strict: options.strict === true,
            complete: options.env === undefined,
          },
          io,
        );
      });
      const stale = check ? staleIssues(done) : [];
      const issues = once([...stale, ...done.flatMap((one) => one.issues), ...uncommittedIssues(done, io)]);
      if (options.format === 'json') printJson(io.stdout, { ...synthesisData(done), issues });
      else print(done, issues, check, context);
      if (stale.length > 0) context.exit(EXIT.failure);
    });
}

function print(done: readonly Synthesis[], issues: readonly Issue[], check: boolean, { io, out, err }: Context): void {
  io.stdout.write(changesText(done, out, check));
  const notices = issues.filter(({ severity }) => severity === 'notice').length;
  for (const issue of issues) if (issue.severity !== 'notice') io.stderr.write(`${paintIssue(issue, err)}\n`);
  if (notices > 0) {
    const text = `${notices} notice${notices === 1 ? '' : 's'} about what a target cannot express: \`tars check\` lists them`;
    io.stderr.write(`${err('dim', text)}\n`);
  }
  if (!check) io.stdout.write(nextText(done, out));
}

/** Environments often share a warning. */
function once(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}

/** Secrets are not committed, so they cannot be stale. */
function staleIssues(done: readonly Synthesis[]): Issue[] {
  const files = done.flatMap(({ result }) => result.files);
  const stale = files.filter(({ change, secret }) => change !== 'unchanged' && !secret);
  if (stale.length === 0) return [];
  return [
    {
      code: 'TARS5008',
      severity: 'error',
      path: stale[0]?.path ?? '',
      message: `the output is not what main.ts stands for: ${stale.length} file${stale.length === 1 ? '' : 's'} would change`,
      given: stale.map(({ path, change }) => `${path} (${change})`).join(', '),
      allowed: 'the output of a fresh run',
      remedy: 'run `tars synth` and commit what it writes',
    },
  ];
}
