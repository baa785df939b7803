import type { Fault } from '../finding';
import { componentOf, condition, isReady, kubectl, livePods, ownerOf, titleOf } from '../live';
import { compose, engineContainers, isComingUp, isFailing, isKilled, serviceTitle } from '../services';
import { distinct, oneLine } from '../text';

/** After so many milliseconds a start is no start any more. */
const LONG_MS = 300_000;

/** What has been starting for too long, and nothing else says why. */
export const notReady: Fault = {
  code: 'TARS7325',
  title: 'something that does not become ready, for a reason that was not found',
  why: 'It serves nobody. No other kind of fault explains it, so a person has to look.',
  kubernetes: (snapshot) =>
    livePods(snapshot)
      .filter(({ status }) => status?.phase !== 'Succeeded')
      .filter((pod) => !isReady(pod) && isOld(pod.metadata.creationTimestamp, snapshot.now))
      .map((pod) => ({
        object: ownerOf(pod, snapshot.objects),
        rank: 'symptom',
        components: [componentOf(pod)],
        message: 'a pod of it has not become ready in five minutes',
        evidence: distinct([
          `${titleOf(pod)}: phase ${pod.status?.phase ?? 'unknown'}`,
          oneLine(condition(pod.status?.conditions, 'Ready', 'False')?.message),
        ]),
        cause: 'not found',
        remedies: [kubectl(snapshot, `describe pod ${pod.metadata.name}`)],
      })),
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(({ expected }) => !expected.isTask)
      .filter(({ container }) => !isFailing(container) && !isKilled(container) && container.error === '')
      .filter(
        ({ container: { status, health, startedAt } }) =>
          (status === 'created' && !isComingUp(snapshot)) ||
          (health?.status === 'starting' && snapshot.now - startedAt > LONG_MS),
      )
      .map(({ expected, container }) => ({
        object: serviceTitle(expected.name),
        rank: 'symptom',
        components: [expected.component],
        message:
          container.status === 'created' ? 'it was made and never started' : 'its check has not passed in five minutes',
        evidence: distinct([`${container.name}: ${container.status}`, oneLine(container.health?.last)]),
        cause: 'it waits for another service, or whoever started it was interrupted',
        remedies: [compose(snapshot, 'up -d')],
      })),
};

function isOld(time: string | undefined, now: number): boolean {
  return time !== undefined && now - Date.parse(time) > LONG_MS;
}
