import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { ScalingDecision } from '../../ops/autoscaling/auto-scaler';
import type { OpsSession } from '../cluster-session';
import { withSystem } from '../cluster-session';
import type { Context } from '../context';
import { withChange } from '../ops-options';
import { findWorkload } from '../ops-target';
import { intervalOption } from '../ops-values';
import { appOption, envOption, formatOption } from '../options';
import type { ScalerSubject } from '../scaler-subject';
import { scalerSubject, withWindows } from '../scaler-subject';
import { openWorld } from '../scaler-world';
import { targetsOf } from '../targets';

const HELP = `
Examples:
  tars autoscale run                             the service with a policy, until Ctrl-C
  tars autoscale run backend --dry-run           only say what it would do
  tars autoscale run --prometheus http://localhost:9090 --query 'rps=sum by (instance) (rate(http_requests_total[1m]))'
  tars autoscale run --target kubernetes --yes   a workload that no HorizontalPodAutoscaler has

It follows the policy in main.ts. Values are the engine's own (CPU in percent of the request, memory in percent of the
limit), on Kubernetes those of the metrics API, and those of the queries. Each change is a line; why there is none goes
to standard error. One run has a service at a time, dry runs aside: on an engine a second one on this machine is
refused, on Kubernetes anyone who respects the Lease.
Exit codes: 130 when you end it; 5 somebody else has it, or an autoscaler of the cluster.
`;

/** `tars autoscale run`. */
export function autoscaleRunCommand(context: Context): CommandUnknownOpts {
  return withChange(
    new Command('run')
      .summary('scale a service by its policy, until Ctrl-C')
      .description(
        'Scales a service by its policy in main.ts, where no HorizontalPodAutoscaler does: on Compose above all.',
      )
      .argument('[service]', 'the service (default: the only one with a policy)')
      .addOption(intervalOption())
      .addOption(
        new Option('--mode <mode>', 'by the letter of the policy, or as the controller would')
          .choices(['threshold', 'hpa'] as const)
          .default('threshold' as const),
      )
      .option('--prometheus <url>', 'where the queries are asked')
      .addOption(
        new Option('--query <metric=promql...>', 'a metric by a query: cpu=…, rps=…, "custom NAME=…"').argParser(query),
      )
      .addOption(appOption())
      .addOption(envOption().default('default')),
    'compose',
  )
    .addOption(formatOption())
    .addHelpText('after', HELP)
    .action(async (name, options) => {
      if ((options.prometheus === undefined) !== (options.query === undefined)) {
        throw new InvalidArgumentError('error: --prometheus and --query belong together');
      }
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const subject = scalerSubject(targetsOf(loaded, { env: options.env }, io.cwd), name);
      await withSystem(context, options, (session) => run(context, session, subject, options), 'compose');
    });
}

interface Flags {
  readonly interval: number;
  readonly mode: 'threshold' | 'hpa';
  readonly prometheus?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly format: 'table' | 'json';
}

async function run(context: Context, session: OpsSession, subject: ScalerSubject, flags: Flags): Promise<void> {
  const { manager, signal } = session;
  const { io } = context;
  const ref = await findWorkload(manager, subject.name, signal);
  const { minReplicas, maxReplicas } = subject.policies[0] ?? {};
  await session.confirm(
    `scale ${ref.name} between ${minReplicas ?? '?'} and ${maxReplicas ?? '?'}, until Ctrl-C`,
    flags,
  );
  const { AutoScaler } = await import('../../ops/autoscaling/auto-scaler.js');
  const { runScaler } = await import('../../ops/autoscaling/run-scaler.js');
  const world = await openWorld(context, manager, ref, subject, flags, signal);
  const { target, source } = world;
  const scaler = new AutoScaler(ref.name, { target, source, mode: flags.mode, now: () => io.now().getTime() });
  try {
    for (const policy of withWindows(subject.policies, flags.interval)) scaler.addPolicy(policy);
    let reason = '';
    for await (const decision of runScaler(scaler, { intervalMs: flags.interval, signal })) {
      if (decision.isScaled) io.stdout.write(lineOf(ref.name, decision, flags));
      else if (decision.reason !== reason)
        io.stderr.write(`${timeOf(decision)} ${decision.reason}: ${decision.message}\n`);
      ({ reason } = decision);
      await world.changed(decision, flags);
    }
  } finally {
    await scaler.close().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      io.stderr.write(`warning: ${ref.name} was not given back, and is free when its time is over: ${why}\n`);
    });
  }
}

function lineOf(name: string, decision: ScalingDecision, { format, dryRun }: Flags): string {
  const { at, from, to, reason, message } = decision;
  if (format === 'json') {
    const change = { at: new Date(at).toISOString(), name, from, to, reason, message, means: decision.means };
    return `${JSON.stringify({ ...change, isDryRun: dryRun === true })}\n`;
  }
  const what = dryRun === true ? 'would go' : 'goes';
  return `${timeOf(decision)} ${name} ${what} from ${from ?? '?'} to ${to ?? '?'}: ${reason}, ${message}\n`;
}

function timeOf({ at }: ScalingDecision): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Adds one `METRIC=QUERY`. */
function query(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, metric, promql] = /^((?:cpu|memory|rps|custom)(?: [^=]+)?)=(.+)$/s.exec(text) ?? [];
  if (metric === undefined || promql === undefined) {
    throw new InvalidArgumentError('Allowed: cpu=QUERY, memory=QUERY, rps=QUERY, "custom NAME=QUERY"');
  }
  return { ...before, [metric]: promql };
}
