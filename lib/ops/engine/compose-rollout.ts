import type { RolloutWait } from '../cluster/rollout';
import { latest } from '../cluster/latest';
import { isClusterError } from '../cluster-client/cluster-error';
import type { ClusterError } from '../cluster-client/cluster-error';
import { Deadline, WAIT_LONGER } from '../cluster-client/deadline';
import type { Container } from '../engine-client/containers';
import { observeContainers } from '../engine-client/engine-events';
import { engineError } from '../engine-client/engine-error';
import type { RolloutReport } from '../manager';
import { LOOK_MS } from '../waiting';
import { configHashes } from './compose-config';
import { containersOf, projectLabels, serviceLabel } from './compose-project';
import type { ProjectPlace } from './compose-project';
import { isCurrent } from './compose-services';
import { isCompleted, isReady, reasonsOf } from './container-info';

/** As long as for a Deployment with the usual deadline. */
const TIMEOUT_MS = 660_000;
/** A container that was stopped to be made anew is back by then. */
const REFUSAL_MS = 10_000;

/** How to wait for a service. */
export type ServiceWait = Omit<RolloutWait, 'onChange'> & {
  readonly onChange?: ((status: RolloutReport) => void) | undefined;
};

/** Where a service is now: whether every container runs, is healthy, and is of the present files. @throws ClusterError NotFound */
export async function serviceRollout(
  place: ProjectPlace,
  service: string,
  signal?: AbortSignal,
): Promise<RolloutReport> {
  const containers = await containersOf(place, [serviceLabel(service)], signal);
  const report = verdict(service, containers, await hashOf(place, service, containers, signal));
  if (report !== undefined) return report;
  throw engineError('NotFound', `project ${place.project} has no service ${service}`);
}

/**
 * Waits until every container of a service runs, is healthy if it has a check, and is of the present files.
 * @throws ClusterError NotFound, ProgressDeadlineExceeded when a container has ended and stays so, RolloutPaused,
 *   ObjectDeleted, Timeout, Aborted
 */
export async function waitForService(
  place: ProjectPlace,
  service: string,
  wait: ServiceWait = {},
): Promise<RolloutReport> {
  const deadline = new Deadline(
    `the rollout of service/${service}`,
    wait.timeoutMs ?? TIMEOUT_MS,
    wait.signal,
    'engine',
    WAIT_LONGER.engine,
  );
  const { now } = place.client.surroundings;
  const labels = [...projectLabels(place.project), serviceLabel(service)];
  let last: RolloutReport | undefined;
  let stuckSince: number | undefined;
  try {
    last = await serviceRollout(place, service, deadline.signal);
    wait.onChange?.(last);
    const changes = latest(observeContainers(place.client, { labels, signal: deadline.signal }), LOOK_MS);
    while ((await changes.next()).done !== true) {
      const report = await serviceRollout(place, service, deadline.signal).catch((error: unknown) => {
        if (!isClusterError(error, 'NotFound')) throw error;
        throw engineError('ObjectDeleted', `service/${service} was removed while its rollout was waited for`);
      });
      if (JSON.stringify(report) !== JSON.stringify(last)) wait.onChange?.(report);
      if (report.message !== last.message) stuckSince = undefined;
      last = report;
      if (report.state === 'done') return report;
      if (report.state === 'paused') throw failure('RolloutPaused', report);
      if (report.state !== 'failed') stuckSince = undefined;
      else if (now() - (stuckSince ??= now()) >= (wait.refusalMs ?? REFUSAL_MS)) {
        throw failure('ProgressDeadlineExceeded', report);
      }
    }
    throw engineError('ConnectionLost', `the rollout of service/${service}: nothing more came of it`);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    const end = deadline.error(error);
    if (end.code !== 'Timeout' || last === undefined) throw end;
    throw engineError('Timeout', `${end.message}: ${text(last)}`, { remedy: end.remedy, retryable: true });
  } finally {
    deadline.close();
  }
}

/** @returns undefined when there is no such service */
function verdict(
  service: string,
  containers: readonly Container[],
  hash: string | undefined,
): RolloutReport | undefined {
  const workload = `service/${service}`;
  const total = containers.length;
  if (total === 0) {
    if (hash === undefined) return undefined;
    return { workload, state: 'waiting', message: 'no container is there yet', reasons: [] };
  }
  const current = containers.filter(({ Config: config }) => isCurrent(config.Labels, hash));
  const good = current.filter((one) => isReady(one) || isCompleted(one));
  const reasons = containers.flatMap(reasonsOf);
  const of = (count: number): string => `${count} of ${total} containers`;
  if (good.length === total) return { workload, state: 'done', message: `all ${total} serve`, reasons };
  if (containers.some(({ State: state }) => state.Paused)) {
    return { workload, state: 'paused', message: `paused; ${of(good.length)} serve`, reasons };
  }
  if (current.length < total) {
    const message = `${of(total - current.length)} are of an earlier configuration`;
    const how = `\`docker compose up --detach ${service}\` replaces them`;
    return { workload, state: 'waiting', message, reasons: [how, ...reasons] };
  }
  // The engine starts one again that is "restarting"; one that has ended stays so.
  const isStuck = current.some(({ State: state }) => state.Status === 'exited' || state.Status === 'dead');
  return { workload, state: isStuck ? 'failed' : 'waiting', message: `${of(good.length)} serve`, reasons };
}

/** Undefined where the files do not have the service, or nobody can read them. */
async function hashOf(
  place: ProjectPlace,
  service: string,
  containers: readonly Container[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return place.compose === undefined ? undefined : (await configHashes(place, containers, signal)).get(service);
}

function failure(code: 'RolloutPaused' | 'ProgressDeadlineExceeded', report: RolloutReport): ClusterError {
  return engineError(code, `the rollout of ${report.workload}: ${text(report)}`, {
    remedy:
      code === 'RolloutPaused'
        ? 'let it go on: `docker compose unpause`'
        : 'see `tars logs` and mend what it waits for; `docker compose up --detach` starts it again',
  });
}

function text({ message, reasons }: RolloutReport): string {
  return [message, ...reasons.slice(0, 5)].join('; ');
}
