import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { ClusterManager } from '../ops/cluster/cluster-manager';
import type { AuditLine } from '../ops/cluster/audit';
import type { Context } from './context';
import { Aborted } from './io';
import type { ClusterPin } from './cluster-pin';
import { PIN_FILE, readPin, refuseOther } from './cluster-pin';

/** `--context`, `--kubeconfig`, `--namespace`. */
export interface ClusterOptions {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Of commands that change something. */
export interface ChangeFlags {
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

export const contextOption = (): Option<'--context <name>'> =>
  new Option(
    '--context <name>',
    'a context of the kubeconfig (default: the one of tars.cluster.yaml, else the current)',
  );
export const kubeconfigOption = (): Option<'--kubeconfig <file>'> =>
  new Option('--kubeconfig <file>', 'a kubeconfig (default: $KUBECONFIG, else ~/.kube/config)');
export const namespaceOption = (): Option<'-n, --namespace <name>'> =>
  new Option('-n, --namespace <name>', 'a namespace (default: the one of tars.cluster.yaml, else of the context)');
export const yesOption = (): Option<'-y, --yes'> => new Option('-y, --yes', 'do not ask');
export const tryOption = (): Option<'--dry-run'> =>
  new Option('--dry-run', 'let the cluster check it, and change nothing');

/** A namespace of a cluster, for the length of a command. */
export interface ClusterSession {
  readonly manager: ClusterManager;
  /** Ends with Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Says what is about to be changed and where, and asks.
   * @throws ClusterError WrongCluster, Unconfirmed
   */
  readonly confirm: (what: string, flags: ChangeFlags) => Promise<void>;
  /** Leaves an Event, and says what was done. */
  readonly done: (line: AuditLine, flags: ChangeFlags) => Promise<void>;
}

/** Connects, does the work, and lets go, also when Ctrl-C is pressed. */
export async function withCluster<T>(
  context: Context,
  options: ClusterOptions,
  work: (session: ClusterSession) => Promise<T>,
): Promise<T> {
  const { io } = context;
  const pin = readPin(join(io.cwd, PIN_FILE), io.fs);
  const { ClusterManager: Manager } = await import('../ops/cluster/cluster-manager.js');
  const manager = await Manager.connect({
    kubeconfig: options.kubeconfig,
    context: options.context ?? pin?.context,
    namespace: options.namespace ?? pin?.namespace,
  });
  const abort = new AbortController();
  const release = io.onInterrupt(() => {
    abort.abort();
  });
  const { signal } = abort;
  const session: ClusterSession = {
    manager,
    signal,
    confirm: (what, flags) => confirm(context, manager, pin, what, flags),
    done: (line, flags) => done(context, manager, line, flags, signal),
  };
  try {
    const result = await work(session);
    // What goes on until Ctrl-C ends with it, and says so.
    if (signal.aborted) throw new Aborted();
    return result;
  } finally {
    release();
    manager.close();
  }
}

async function confirm(
  { io, err }: Context,
  manager: ClusterManager,
  pin: ClusterPin | undefined,
  what: string,
  { dryRun, yes }: ChangeFlags,
): Promise<void> {
  const { identity } = manager.client;
  refuseOther(pin, identity, manager.namespace);
  const where = `context ${identity.context} (${identity.server}), namespace ${manager.namespace}`;
  io.stderr.write(`${err('bold', dryRun === true ? `would ${what}` : what)}\n  in ${where}\n`);
  if (dryRun === true || yes === true) return;
  const { ClusterError } = await import('../ops/cluster-client/cluster-error.js');
  if (!io.stdin.isTTY) throw new ClusterError('Unconfirmed', `nobody can be asked whether to ${what}`);
  const answer = await io.stdin.ask('go on? [y/N] ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new ClusterError('Unconfirmed', `the answer was no: did not ${what}`);
}

async function done(
  { io, out }: Context,
  manager: ClusterManager,
  line: AuditLine,
  { dryRun }: ChangeFlags,
  signal: AbortSignal,
): Promise<void> {
  if (dryRun === true) {
    io.stdout.write(`${out('yellow', 'not done')}: ${line.message} (dry run; the cluster would take it)\n`);
    return;
  }
  io.stdout.write(`${out('green', 'done')}: ${line.message}\n`);
  try {
    await manager.audit(line, signal);
  } catch (error) {
    // It is done, whatever becomes of the note.
    const why = error instanceof Error ? error.message : String(error);
    io.stderr.write(`warning: no Event was left: ${why}\n`);
  }
}
