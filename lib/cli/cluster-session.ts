import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { AuditLine } from '../ops/cluster/audit';
import type { ClusterManager } from '../ops/cluster/cluster-manager';
import { Deadline } from '../ops/cluster-client/deadline';
import type { TerminalSize } from '../ops/cluster-client/exec-session';
import type { Manager } from '../ops/manager';
import type { ClusterPin } from './cluster-pin';
import { refuseOther } from './cluster-pin';
import type { Context } from './context';
import { commandExit } from './exit-code';
import { interruptible } from './interruptible';
import type { Output } from './io';
import { pinOf } from './kubectl-place';
import type { ChangeFlags, PlaceOptions, TARGETS } from './ops-options';

/** Who presses Ctrl-C does not wait longer for a note. */
const NOTE_TIMEOUT_MS = 10_000;

/** A running system, for the length of a command. */
export interface OpsSession {
  readonly manager: Manager;
  /** Ends with Ctrl-C. */
  readonly signal: AbortSignal;
  /** For what is tried before anybody is asked. @throws ClusterError WrongCluster */
  readonly refuseWrong: () => void;
  /**
   * Says what is about to be changed and where, and asks.
   * @throws ClusterError WrongCluster, Unconfirmed
   */
  readonly confirm: (what: string, flags: ChangeFlags) => Promise<void>;
  /**
   * Leaves a note where there is a place for one, and says what was done.
   * @param to where it is said; @default standard output, where that is not another program's
   */
  readonly done: (line: AuditLine, flags: ChangeFlags, to?: Output) => Promise<void>;
}

/** Opens a manager, and says which pin a change has to fit; none on an engine. */
interface Opened {
  readonly manager: Manager;
  readonly refuseWrong: () => void;
}

/**
 * Connects, does the work, and lets go, also when Ctrl-C is pressed.
 * @param usual what is meant where neither the options nor the pin say so
 */
export async function withSystem<T>(
  context: Context,
  options: PlaceOptions,
  work: (session: OpsSession) => Promise<T>,
  usual: (typeof TARGETS)[number] = 'kubernetes',
): Promise<T> {
  const { io } = context;
  const pin = pinOf(io);
  const target = options.target ?? pin?.target ?? usual;
  refuseForeign(options, target);
  return interruptible(io, async (signal) => {
    const opened = target === 'compose' ? await openEngine(context, options) : await openCluster(options, pin);
    const { manager, refuseWrong } = opened;
    try {
      return await work({
        manager,
        signal,
        refuseWrong,
        confirm: (what, flags) => confirm(context, opened, what, flags, signal),
        done: (line, flags, to) => done(context, manager, line, flags, to),
      });
    } finally {
      manager.close();
    }
  });
}

async function openCluster(options: PlaceOptions, pin: ClusterPin | undefined): Promise<Opened> {
  const { ClusterManager: Cluster } = await import('../ops/cluster/cluster-manager.js');
  const manager: ClusterManager = await Cluster.connect({
    kubeconfig: options.kubeconfig,
    context: options.context ?? pin?.context,
    namespace: options.namespace ?? pin?.namespace,
  });
  return {
    manager,
    refuseWrong: () => {
      refuseOther(pin, manager.client.identity, manager.namespace);
    },
  };
}

async function openEngine(context: Context, options: PlaceOptions): Promise<Opened> {
  const { openProject } = await import('./compose-session.js');
  return { manager: await openProject(context, options), refuseWrong: () => undefined };
}

/** An option of the other target is a mistake, and not to be passed over. */
function refuseForeign(options: PlaceOptions, target: NonNullable<PlaceOptions['target']>): void {
  const foreign =
    target === 'compose' ? (['context', 'kubeconfig', 'namespace'] as const) : (['file', 'project'] as const);
  const given = foreign.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const other = target === 'compose' ? 'kubernetes' : 'compose';
  throw new InvalidArgumentError(`error: --${given} is of --target ${other}, and this is ${target}`);
}

async function confirm(
  { io, err }: Context,
  { manager, refuseWrong }: Opened,
  what: string,
  { dryRun, yes }: ChangeFlags,
  signal: AbortSignal,
): Promise<void> {
  refuseWrong();
  io.stderr.write(`${err('bold', dryRun === true ? `would ${what}` : what)}\n  in ${manager.where}\n`);
  if (dryRun === true || yes === true) return;
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  if (!io.stdin.isTTY) throw new ClusterError('Unconfirmed', `nobody can be asked whether to ${what}`);
  const answer = await io.stdin.ask('go on? [y/N] ', signal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new ClusterError('Unconfirmed', `the answer was no: did not ${what}`);
}

async function done(
  { io, out, err }: Context,
  manager: Manager,
  line: AuditLine,
  { dryRun }: ChangeFlags,
  to = io.stdout,
): Promise<void> {
  const paint = to === io.stdout ? out : err;
  if (dryRun === true) {
    to.write(`${paint('yellow', 'would have')} ${line.message} (dry run; nothing speaks against it)\n`);
    return;
  }
  to.write(`${paint('green', 'done')}: ${line.message}\n`);
  await note({ io }, manager, line);
}

/** Leaves a note of what was done; it is done, whatever becomes of the note, and Ctrl-C does not keep it from being left. */
export async function note({ io }: Pick<Context, 'io'>, manager: Manager, line: AuditLine): Promise<void> {
  const deadline = new Deadline('leaving it', NOTE_TIMEOUT_MS, undefined);
  try {
    await manager.audit?.(line, deadline.signal);
  } catch (thrown) {
    const error = deadline.isOver ? deadline.error(thrown) : thrown;
    const why = error instanceof Error ? error.message : String(error);
    io.stderr.write(`warning: no Event was left: ${why}\n`);
  } finally {
    deadline.end();
  }
}

/** Joins a command to the streams of this process, and ends as it ends. */
export async function runInPod(
  context: Context,
  manager: Manager,
  pod: string,
  command: readonly string[],
  options: {
    readonly container?: string | undefined;
    readonly stdin?: true | undefined;
    readonly tty?: true | undefined;
    readonly timeoutMs?: number | undefined;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { io } = context;
  const tty = options.tty === true && io.stdin.isTTY;
  if (tty) io.stdin.raw(true);
  try {
    const { exitCode } = await manager.executeInPod(pod, command, {
      container: options.container,
      tty,
      stdin: options.stdin === true ? io.stdin.chunks() : undefined,
      sizes: tty ? oneSize(io.stdout.columns ?? 80, io.stdout.rows ?? 24) : undefined,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      onOutput: (stream, chunk) => (stream === 'stdout' ? io.stdout : io.stderr).send(chunk),
    });
    context.exit(commandExit(exitCode));
  } finally {
    if (options.stdin === true || tty) io.stdin.raw(false);
  }
}

async function* oneSize(columns: number, rows: number): AsyncGenerator<TerminalSize> {
  await Promise.resolve();
  yield { columns, rows };
}
