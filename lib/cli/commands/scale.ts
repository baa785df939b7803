import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { AutoscalerInfo } from '../../ops/cluster/autoscalers';
import type { OpsSession } from '../cluster-session';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange } from '../ops-options';
import { findWorkload, targetText } from '../ops-target';
import { count, timeoutOption } from '../ops-values';

const HELP = `
Examples:
  tars scale adminer 0              none
  tars scale frontend 4 --wait      four, and wait until they serve
  tars scale backend --pin 6        an autoscaled one: hold it at six
  tars scale backend --unpin        give the autoscaler its bounds back

A workload that an autoscaler manages is refused: it would be set back within seconds. With --target compose
Compose does it; a service that keeps state or publishes a port of the machine stays alone.
Exit codes: 5 somebody else was there first, or an autoscaler manages it; 3 it took too long.
`;

/** `tars scale`. */
export function scaleCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('scale')
      .description('Sets the replicas of a workload.')
      .argument('<target>', 'a workload or a component')
      .addArgument(new Argument('[replicas]', 'how many').argParser(count))
      .addOption(new Option('--pin <replicas>', 'hold an autoscaled workload at so many').argParser(count))
      .option('--unpin', 'let the autoscaler go again')
      .addOption(new Option('--current-replicas <number>', 'only if it has so many now').argParser(count))
      .option('--wait', 'wait until so many serve')
      .addOption(timeoutOption()),
  )
    .addHelpText('after', HELP)
    .action((text, replicas, options) => {
      const given = [replicas, options.pin, options.unpin].filter((one) => one !== undefined);
      if (given.length !== 1) {
        throw new InvalidArgumentError('error: one of these is needed, and only one: replicas, --pin N, --unpin');
      }
      const ofReplicas = (['currentReplicas', 'wait', 'timeout'] as const).filter((one) => options[one] !== undefined);
      if (replicas === undefined && ofReplicas.length > 0) {
        throw new InvalidArgumentError('error: --current-replicas, --wait and --timeout are not of --pin and --unpin');
      }
      return withSystem(context, options, (session) => scale(context, session, text, replicas, options));
    });
}

interface Flags {
  readonly pin?: number | undefined;
  readonly unpin?: true | undefined;
  readonly currentReplicas?: number | undefined;
  readonly wait?: true | undefined;
  readonly timeout?: number | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

async function scale(
  { io }: Context,
  session: OpsSession,
  text: string,
  replicas: number | undefined,
  options: Flags,
): Promise<void> {
  const { manager, signal } = session;
  const { dryRun, pin } = options;
  const target = await findWorkload(manager, text, signal);
  const { kind, name } = target;
  if (kind === 'DaemonSet')
    throw new InvalidArgumentError(`error: a DaemonSet has a pod on each node, and no replicas`);
  if (replicas === undefined) {
    const what = pin === undefined ? `unpin the autoscaler of ${name}` : `pin ${name} to ${pin} replicas`;
    const change = (isTrial: boolean): Promise<AutoscalerInfo> =>
      pin === undefined
        ? manager.unpin(name, { dryRun: isTrial, signal })
        : manager.pin(name, pin, { dryRun: isTrial, signal });
    session.refuseWrong();
    // That it cannot be is said before anybody is asked.
    const trial = await change(true);
    await session.confirm(what, options);
    const hpa = dryRun === true ? trial : await change(false);
    const bounds = `${hpa.minReplicas ?? '?'} to ${hpa.maxReplicas ?? '?'}`;
    const message = `${pin === undefined ? 'unpinned' : 'pinned'} ${name}: ${bounds} replicas`;
    await session.done({ kind, name, action: pin === undefined ? 'Unpinned' : 'Pinned', message }, options);
    return;
  }
  await session.confirm(`scale ${targetText(target)} to ${replicas}`, options);
  const { currentReplicas, timeout: timeoutMs } = options;
  await manager.scaleDeployment(name, replicas, {
    ...{ kind, currentReplicas, timeoutMs, dryRun, signal, wait: options.wait },
    onScaled: async ({ from, isChanged }) => {
      const message = `scaled ${name} from ${from} to ${replicas}`;
      if (isChanged) await session.done({ kind, name, action: 'Scaled', message }, options);
      else io.stdout.write(`${name} has ${replicas} already\n`);
    },
  });
  if (options.wait === true && dryRun !== true) io.stdout.write(`${replicas} serve\n`);
}
