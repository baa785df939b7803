import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtImages } from '../built-images';
import type { Context } from '../context';
import { appOption, dryRunOption, engineOption, envOption } from '../options';
import { findCluster, LOAD_TARGETS, loadSteps } from '../load-target';
import { word } from '../ops-values';
import { runSteps } from '../tools';

const HELP = `
Examples:
  tars images load                             the cluster that kubectl talks to
  tars images load --target kind --name dev    kind's cluster "dev"
  tars images load --target containerd         on the node itself, by ctr

Where tars.cluster.yaml pins a context or a server, another cluster is refused. Of a node itself (containerd) nobody can
tell which cluster it belongs to.

Next: kubectl apply -f dist
`;

/** `tars images load`. */
export function imagesLoadCommand(context: Context): CommandUnknownOpts {
  return new Command('load')
    .summary('put them into a local cluster')
    .description('Puts the images into a local cluster, which needs no registry then.')
    .addOption(appOption())
    .addOption(envOption())
    .addOption(engineOption())
    .addOption(
      new Option(
        '--target <target>',
        "what the cluster is (default: by the context of tars.cluster.yaml, else kubectl's)",
      ).choices(LOAD_TARGETS),
    )
    .addOption(new Option('--name <name>', 'name of the cluster, for kind, k3d and minikube').argParser(word))
    .addOption(dryRunOption())
    .addHelpText('after', HELP)
    .action(async ({ app, env, engine, target, name, dryRun }) => {
      const { io } = context;
      const references = builtImages(await context.loadApp(app, io), env, io.cwd).map(({ reference }) => reference);
      const cluster = findCluster(target, name, io);
      const suffix = Buffer.from(io.random(8)).toString('hex');
      const archive = join(tmpdir(), `tars-images-${suffix}.tar`);
      try {
        runSteps(
          references.length === 0 ? [] : loadSteps(cluster, references, engine, archive),
          dryRun === true,
          context,
        );
      } finally {
        io.fs.rmSync(archive, { force: true });
      }
      if (cluster.target === 'docker') io.stdout.write('nothing to load: the cluster uses the images of the engine\n');
    });
}
