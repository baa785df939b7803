import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { RolloutReport } from '../../ops/manager';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange, withPlace } from '../ops-options';
import { findWorkload, targetText } from '../ops-target';
import { count, refuseIdleTimeout, timeoutOption } from '../ops-values';
import { formatOption, printJson } from '../options';
import { table } from '../table';

const HELP = `
Examples:
  tars rollout status backend       wait until it is done, and say meanwhile what new pods wait for
  tars rollout history backend      what it can go back to
  tars rollout undo backend         back to the revision before

With --target compose a service is done when every container runs, is healthy, and is of the compose file as it is
now. Compose keeps no revisions: there is no history and no way back.
`;

/** `tars rollout …`. */
export function rolloutCommand(context: Context): CommandUnknownOpts {
  const command: CommandUnknownOpts = new Command('rollout')
    .description('Follows the rollout of a workload, or goes back.')
    .addHelpText('after', HELP);
  for (const create of [statusCommand, historyCommand, undoCommand]) command.addCommand(create(context));
  return command;
}

function statusCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('status')
      .description('Waits until a rollout is done. Fails at once when it cannot be: refused, paused, deleted.')
      .argument('<target>', 'a workload or a component')
      .option('--no-wait', 'say where it is now')
      .addOption(timeoutOption())
      .addOption(formatOption()),
  ).action((text, options) => {
    refuseIdleTimeout(options);
    return withSystem(context, options, async ({ manager, signal }) => {
      const { stdout } = context.io;
      const isJson = options.format === 'json';
      const ref = await findWorkload(manager, text, signal);
      const say = (status: RolloutReport): void => {
        if (isJson) return;
        stdout.write([status.message, ...status.reasons.map((reason) => `  ${reason}`), ''].join('\n'));
      };
      const status = options.wait
        ? await manager.waitForRollout(ref, { timeoutMs: options.timeout, signal, onChange: say })
        : await manager.rolloutStatus(ref, signal);
      if (isJson) printJson(stdout, status);
      else if (!options.wait) say(status);
    });
  });
}

function historyCommand(context: Context): CommandUnknownOpts {
  return withPlace(
    new Command('history')
      .description('Lists the revisions of a workload, the newest first.')
      .argument('<target>', 'a workload or a component')
      .addOption(formatOption()),
  ).action((text, options) =>
    withSystem(context, options, async ({ manager, signal }) => {
      const revisions = await manager.revisions(await findWorkload(manager, text, signal), signal);
      if (options.format === 'json') {
        printJson(context.io.stdout, { revisions });
        return;
      }
      context.io.stdout.write(
        table(
          [
            { title: 'REVISION', text: ({ revision, isCurrent }) => `${revision}${isCurrent ? ' (now)' : ''}` },
            { title: 'SINCE', text: ({ createdAt }) => createdAt },
            { title: 'IMAGES', text: ({ images }) => images.join(', ') },
          ],
          revisions,
        ),
      );
    }),
  );
}

function undoCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('undo')
      .description('Goes back to an earlier revision. The next apply goes forward again: see docs/operations.md.')
      .argument('<target>', 'a workload or a component')
      .addOption(new Option('--to <revision>', 'which one (default: the one before)').argParser(count)),
  ).action((text, options) =>
    withSystem(context, options, async (session) => {
      const { manager, signal } = session;
      const { dryRun, to: toRevision } = options;
      const ref = await findWorkload(manager, text, signal);
      session.refuseWrong();
      // Whoever confirms sees what it will be; and that it cannot be is said before anybody is asked.
      const { revision, images } = await manager.rollback(ref, { toRevision, dryRun: true, signal });
      const goal = `revision ${revision} (${images.join(', ')})`;
      await session.confirm(`take ${targetText(ref)} back to ${goal}`, options);
      if (dryRun !== true) await manager.rollback(ref, { toRevision: revision, signal });
      const message = `rolled ${ref.name} back to ${goal}`;
      await session.done({ ...ref, action: 'RolledBack', message }, options);
    }),
  );
}
