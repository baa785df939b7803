import { isAbsolute, join } from 'node:path';
import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { compareReleases } from '../../verify/upgrade/compare-releases';
import type { Upgrade } from '../../verify/upgrade/compare-releases';
import { clusterRelease } from '../cluster-release';
import type { Context } from '../context';
import type { ExitCode } from '../exit-code';
import { EXIT } from '../exit-code';
import { freshRelease } from '../fresh-release';
import { interruptible } from '../interruptible';
import type { Io } from '../io';
import type { KubectlPlace } from '../kubectl-place';
import { forPlace, kubectlPlace } from '../kubectl-place';
import { appOption, envOption, formatOption, printJson } from '../options';
import { withProgress } from '../progress';
import type { ReleaseFiles } from '../read-release';
import { readRelease, SECRET_MANIFEST } from '../read-release';
import { filesIn, filesOfRevision } from '../stored-release';
import type { Target } from '../targets';
import { environmentName, targetsOf } from '../targets';
import type { UpgradeReport } from '../upgrade-report';
import { upgradeData, upgradeText } from '../upgrade-report';

const DESCRIPTION = `Says what an apply of main.ts would change, object by object and field by field, and what that
means: what the API server refuses, what loses data, what restarts, where replicas fall, what
apply leaves behind; and the steps that are safe. Writes nothing and changes nothing.

Without --against it compares with the output on this disk: what the next \`tars synth\` changes.
Values of secrets are never shown.`;

const HELP = `
Examples:
  tars diff                           what changed in main.ts since the last synth
  tars diff --against git:main        what this branch does to what main deployed
  tars diff --against git:v1.4.0      an upgrade from a tag
  tars diff --against cluster         what runs, in the cluster of tars.cluster.yaml, else of kubectl's current context
  tars diff --against ../release      another checkout, or a directory of manifests
  tars diff -o json                   the same as data

Exit codes: 0 nothing differs, or a plain apply does all of it; 7 it needs hands; 1 failed, 2 wrong
usage, 4 nothing to compare with. With --detailed-exitcode: 0 nothing differs, 6 a plain apply does
all of it, 7 it needs hands.
`;

/** `tars diff`. */
export function diffCommand(context: Context): CommandUnknownOpts {
  return new Command('diff')
    .description(DESCRIPTION)
    .option('--against <release>', 'a directory, git:REVISION, or cluster (default: the output on this disk)')
    .option(
      '--context <name>',
      'of cluster: a context of kubectl (default: the one of tars.cluster.yaml, else the current)',
    )
    .option('--kubeconfig <file>', "of cluster: a kubeconfig (default: kubectl's own)")
    .option('--detailed-exitcode', 'exit with 6 when something differs and a plain apply does it')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io, out } = context;
      const reports = await withProgress(io.stderr, 'comparing', async () => {
        const isCluster = options.against === 'cluster';
        if (!isCluster && (options.context !== undefined || options.kubeconfig !== undefined)) {
          throw new InvalidArgumentError('error: --context and --kubeconfig belong to --against cluster');
        }
        const cluster = isCluster ? await kubectlPlace(options, io) : undefined;
        const loaded = await context.loadApp(options.app, io);
        const targets = targetsOf(loaded, { env: options.env }, io.cwd);
        const done: UpgradeReport[] = [];
        for (const target of targets) done.push(await compare(target, options.against, cluster, io));
        return done;
      });
      if (options.format === 'json') printJson(io.stdout, { environments: reports.map(upgradeData), issues: [] });
      else for (const report of reports) io.stdout.write(upgradeText(report, reports.length === 1, out));
      context.exit(exitCode(reports, options.detailedExitcode === true));
    });
}

async function compare(
  target: Target,
  against: string | undefined,
  cluster: KubectlPlace | undefined,
  io: Io,
): Promise<UpgradeReport> {
  const environment = environmentName(target);
  if (cluster !== undefined) {
    const fresh = await freshRelease(target, io, true);
    const { release, managers, unread } = await interruptible(io, (signal) =>
      clusterRelease(fresh, cluster, io, signal),
    );
    const notes = unread.map((kind) => `not compared: you may not read objects of kind ${kind}`);
    const { findings, ...compared } = compareReleases(release, fresh, managers);
    const upgrade = { ...compared, findings: findings.map((one) => ({ ...one, steps: forPlace(one.steps, cluster) })) };
    return { environment, against: `cluster${cluster.context === '' ? '' : ` (${cluster.context})`}`, upgrade, notes };
  }
  const { layout } = target;
  const place = against ?? `${layout.manifests}/ and ${layout.compose}/ on this disk`;
  return { environment, against: place, ...(await compareFiles(target, filesAgainst(target, against, io), io)) };
}

function filesAgainst(target: Target, against: string | undefined, io: Io): ReleaseFiles {
  if (against?.startsWith('git:') === true) return filesOfRevision(against.slice('git:'.length), target, io);
  if (against === undefined) return filesIn(target.layout.root, target, io.fs, true);
  return filesIn(isAbsolute(against) ? against : join(io.cwd, against), target, io.fs, false);
}

/** Secrets are compared where the other side has them, and where nothing but this disk is needed for it. */
async function compareFiles(
  target: Target,
  files: ReleaseFiles,
  io: Io,
): Promise<{ upgrade: Upgrade; notes: readonly string[] }> {
  const hasSecrets = files.manifests.some(({ path }) => SECRET_MANIFEST.test(path));
  const fresh = await freshRelease(target, io, hasSecrets);
  const notes = files.compose === undefined ? ['not compared: compose files, of which there are none there'] : [];
  return { upgrade: compareReleases(readRelease(files, fresh), fresh), notes };
}

function exitCode(reports: readonly UpgradeReport[], detailed: boolean): ExitCode {
  const verdicts = reports.map(({ upgrade }) => upgrade.verdict);
  if (verdicts.includes('needs-hands')) return EXIT.needsHands;
  return detailed && verdicts.includes('in-place') ? EXIT.changes : EXIT.ok;
}
