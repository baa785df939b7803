import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange } from '../ops-options';
import { findTarget, findWorkload, targetText } from '../ops-target';
import { refuseIdleTimeout, timeoutOption } from '../ops-values';

const HELP = `
Examples:
  tars restart backend              replace all its pods, by its own strategy, and wait
  tars restart backend --no-wait    and do not wait
  tars restart pod/tars-backend-x   end one pod; a disruption budget is respected

With --target compose containers are stopped and started again, one after the other. They stay what they are: what
changed in the compose file comes with \`docker compose up\`.
`;

/** `tars restart`. */
export function restartCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('restart')
      .description('Replaces the pods of a workload, or ends one pod.')
      .argument('<target>', 'a workload, a component or a pod')
      .option('--no-wait', 'do not wait until the new pods serve')
      .option('--delete', 'of a pod: delete it where a budget forbids its eviction')
      .option('--force', 'of a pod: end it although nobody makes it anew')
      .addOption(timeoutOption()),
  )
    .addHelpText('after', HELP)
    .action((text, options) => {
      refuseIdleTimeout(options);
      return withSystem(context, options, async (session) => {
        const { manager, signal } = session;
        const { dryRun } = options;
        const target = await findTarget(manager, text, signal);
        if (target.kind === 'Pod') {
          if (!options.wait || options.timeout !== undefined) {
            throw new InvalidArgumentError(
              'error: --no-wait and --timeout are of a workload; after the end of a pod nothing is waited for',
            );
          }
          // Nobody is asked about what is not there.
          await manager.getPodInfo(target.name, signal);
          await session.confirm(`restart ${targetText(target)}`, options);
          const { uid } = await manager.restartPod(target.name, {
            delete: options.delete,
            force: options.force,
            dryRun,
            signal,
          });
          // On the pod that ended: only now is it known that no budget forbids it. The Event outlives the pod.
          const message = `restarted pod ${target.name} (${uid})`;
          await session.done({ kind: 'Pod', name: target.name, uid, action: 'Restarted', message }, options);
          return;
        }
        const ref = await findWorkload(manager, targetText(target), signal);
        if (options.delete === true || options.force === true) {
          throw new InvalidArgumentError(`error: --delete and --force are of a pod, and ${text} is a workload`);
        }
        await session.confirm(`restart ${targetText(ref)}`, options);
        await manager.restart(ref, { dryRun, signal });
        await session.done({ ...ref, action: 'Restarted', message: `restarted ${targetText(ref)}` }, options);
        if (!options.wait || dryRun === true) return;
        const { message } = await manager.waitForRollout(ref, { timeoutMs: options.timeout, signal });
        context.io.stdout.write(`${message}\n`);
      });
    });
}
