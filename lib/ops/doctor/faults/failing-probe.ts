import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import type { LiveContainer } from '../live';
import { eventsOf, kubectl, lastEnd, liveContainers, lower, reapply, titleOf } from '../live';
import type { Probe } from '../objects';
import { compose, engineContainers, isUnhealthy, logOf, serviceTitle } from '../services';
import { distinct, oneLine, tail } from '../text';

/** A container that runs and does not pass its check. One that may still be starting is not wrong. */
export const failingProbe: Fault = {
  code: 'TARS7309',
  title: 'a container that fails its probe',
  why: 'It gets no requests, and by its liveness or startup probe it is killed and started again.',
  kubernetes: (snapshot) =>
    liveContainers(snapshot).flatMap((container) => {
      const { status, spec, pod } = container;
      const said = eventsOf(pod, snapshot).find(
        ({ reason, message }) => reason === 'Unhealthy' && /probe (failed|errored)/.test(message ?? ''),
      );
      if (status.ready === true || said === undefined) return [];
      const kills = killedBy(container, snapshot);
      if (kills !== undefined) return [failing(container, kills, snapshot)];
      const since = status.state?.running?.startedAt;
      if (since === undefined || status.started !== true) return [];
      const age = (snapshot.now - Date.parse(since)) / 1000;
      return age < patience(spec.readinessProbe) ? [] : [failing(container, oneLine(said.message), snapshot)];
    }),
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(({ container }) => isUnhealthy(container))
      .map(({ expected, container }) => ({
        object: serviceTitle(expected.name),
        rank: isOwnFault(container.health?.last ?? '') ? 'cause' : 'symptom',
        components: [expected.component],
        message: 'it runs and its health check fails',
        evidence: distinct([
          `${container.name}: ${oneLine(container.health?.last) || 'the check fails and says nothing'}`,
          ...tail(logOf(snapshot, container.name)),
        ]),
        cause: causeOf(container.health?.last ?? ''),
        remedies: [
          compose(snapshot, `logs --tail=50 ${expected.name}`),
          compose(snapshot, `up -d --force-recreate ${expected.name}`),
        ],
      })),
};

/** What the kubelet said when it killed a container for its probe, if that is why it is not ready. */
function killedBy(container: LiveContainer, snapshot: KubernetesSnapshot): string | undefined {
  const { pod, spec } = container;
  if (lastEnd(container, snapshot.now) === undefined) return undefined;
  const events = eventsOf(pod, snapshot);
  const killing = events.find(({ reason, message }) => reason === 'Killing' && killedFor(message, spec.name));
  if (killing === undefined) return undefined;
  const which = /failed (\w+) probe/.exec(killing.message ?? '')?.[1] ?? '';
  const failed = events.find(
    ({ reason, message }) => reason === 'Unhealthy' && message?.toLowerCase().startsWith(which) === true,
  );
  return oneLine(failed?.message ?? killing.message);
}

function killedFor(message: string | undefined, container: string): boolean {
  return message?.includes(`Container ${container} failed `) === true && message.includes('probe');
}

/** Whether the kubelet ended a container for its probe, and it did not end by itself. */
export function isKilledByProbe(container: LiveContainer, snapshot: KubernetesSnapshot): boolean {
  return killedBy(container, snapshot) !== undefined;
}

function failing(container: LiveContainer, said: string, snapshot: KubernetesSnapshot): Found {
  const { pod, owner, component, spec } = container;
  return {
    object: owner,
    rank: isOwnFault(said) ? 'cause' : 'symptom',
    components: [component],
    message: `container ${spec.name} runs and fails its probe`,
    evidence: distinct([
      `${titleOf(pod)}: ${said}`,
      ...tail(
        snapshot.logs.find(({ name, container: of }) => name === pod.metadata.name && of === spec.name)?.text ?? '',
      ),
    ]),
    cause: causeOf(said),
    remedies: [
      kubectl(snapshot, `logs ${lower(owner)} -c ${spec.name} --tail=50`),
      'tars diff --against cluster',
      reapply(snapshot),
    ],
  };
}

/** An answer that no other component can be the reason of. */
function isOwnFault(said: string): boolean {
  return /statuscode: (40[0-689]|41\d)|HTTP[ /\w.]* (40[45])|executable file not found|no such file/i.test(said);
}

function causeOf(said: string): string {
  const [, status] = /statuscode: (\d+)/.exec(said) ?? [];
  if (status === '404') return 'there is nothing at the path that the probe asks for (404)';
  if (status !== undefined) return `it answers ${status}: it says itself that it cannot serve`;
  if (said.includes('executable file not found')) return 'the command of the check is not in the image';
  if (/connection refused/i.test(said)) return 'nothing listens at the port that the probe asks';
  if (/timed? ?out|deadline exceeded/i.test(said)) return 'it gives no answer in time';
  return 'see what the check says';
}

/** Seconds until a container that is well has passed, and one failure more. */
function patience({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }: Probe = {}): number {
  return initialDelaySeconds + periodSeconds * failureThreshold;
}
