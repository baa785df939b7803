import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { countLosses, fit, MOST_LOSSES } from '../../verify/fit/fit';
import type { Node } from '../../verify/fit/node';
import { NODES_FORMAT, readNodes } from '../../verify/fit/read-nodes';
import type { Context } from '../context';
import { failureData } from '../errors';
import { EXIT } from '../exit-code';
import { fitData, fitIssues, fitText } from '../fit-report';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import { subjectsOf } from '../synthesis';
import { environmentName, targetsOf } from '../targets';

const DESCRIPTION = `Says whether everything has a place on these nodes: with the first apply, with the autoscalers at
their maximum, during a rolling update, and after losing any of the nodes. Pods are placed as
kube-scheduler places them: resources, taints, affinity, spreading, volumes. Writes nothing.`;

const HELP = `
Nodes: ${NODES_FORMAT}
The sizes are what pods may use ("Allocatable" of \`kubectl describe node\`), not what the machine has:
what the system and the pods of other namespaces need is yours to leave out. A node takes 110 pods
and has 100Gi of local disk unless the options say otherwise.

What the scheduler leaves to chance, the choice among nodes of equal score, is tried in several ways.
Preemption is not tried, and a volume that one node alone can attach is taken to stay in its zone.

Examples:
  tars fit --nodes 3x4cpu16Gi                           on three nodes
  tars fit --nodes 3x4cpu16Gi --lose 1                  also after losing any one of them
  tars fit --nodes 6x8cpu32Gi:zone=a/b/c --lose 1       two in each of three zones
  tars fit --nodes 3x4cpu16Gi,1x8cpu64Gi:gpu=1:taint=nvidia.com/gpu@NoSchedule
  tars fit --nodes 2x4cpu16Gi -o json                   for programs

Exit code: 0 when everything has a place, 1 when not.
`;

/** `tars fit`. */
export function fitCommand(context: Context): CommandUnknownOpts {
  return new Command('fit')
    .description(DESCRIPTION)
    .addOption(new Option('--nodes <groups>', 'the nodes, in groups').argParser(nodesOf).makeOptionMandatory())
    .addOption(new Option('--lose <number>', 'also after losing so many of them').argParser(numberOf).default(0))
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out } = context;
      const { nodes, lose } = options;
      if (lose >= nodes.length || countLosses(nodes.length, lose) > MOST_LOSSES) {
        const most = lose >= nodes.length ? `less than ${nodes.length}` : `at most ${MOST_LOSSES} ways to lose nodes`;
        throw new InvalidArgumentError(
          `error: option '--lose <number>' argument '${lose}' is invalid. Allowed: ${most}`,
        );
      }
      const results = await withProgress(io.stderr, 'placing pods', async () => {
        const loaded = await context.loadApp(options.app, io);
        return subjectsOf(targetsOf(loaded, { env: options.env }, io.cwd)).map(({ target, subject }) => ({
          name: environmentName(target),
          fit: fit(subject.emitted, nodes, lose),
        }));
      });
      const issues = results.flatMap((result) => fitIssues(result.fit));
      const exitCode = issues.length === 0 ? EXIT.ok : EXIT.failure;
      if (options.format === 'json') {
        printJson(io.stdout, { environments: results.map(fitData), ...failureData({ issues, exitCode }) });
      } else {
        for (const result of results) io.stdout.write(fitText(result, results.length === 1, out));
      }
      context.exit(exitCode);
    });
}

function nodesOf(text: string): readonly Node[] {
  const read = readNodes(text);
  if (read.ok) return read.nodes;
  throw new InvalidArgumentError(`${read.problem}: "${read.given}". Allowed: ${NODES_FORMAT}`);
}

function numberOf(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed: a whole number of nodes');
}
