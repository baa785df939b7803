import type { Fault } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import type { LiveContainer } from '../live';
import { kubectl, lastEnd, liveContainers, lower, reapply, titleOf } from '../live';
import { compose, engineContainers, isFailing, logOf, serviceTitle } from '../services';
import { distinct, oneLine, tail } from '../text';
import { isKilledByProbe } from './failing-probe';

/** A container that ends by itself and is started again. */
export const crashLoop: Fault = {
  code: 'TARS7301',
  title: 'a container that ends again and again',
  why: 'It is started ever more seldom, and serves nobody in between.',
  kubernetes: (snapshot) =>
    liveContainers(snapshot).flatMap((container) => {
      const { pod, owner, component, spec, status } = container;
      const end = lastEnd(container, snapshot.now);
      if (end === undefined || status.ready === true || (end.exitCode === 0 && end.reason === 'Completed')) {
        if (!endsAtOnce(container)) return [];
      }
      if (end === undefined || /StartError|ContainerCannotRun|OOMKilled/.test(end.reason ?? '')) return [];
      if (isKilledByProbe(container, snapshot)) return [];
      const said = logOfContainer(container, snapshot) || (end.message ?? '');
      return [
        {
          object: owner,
          rank: 'symptom' as const,
          components: [component],
          message: `container ${spec.name} ends by itself and is started again`,
          evidence: distinct([
            `${titleOf(pod)}: ${end.reason ?? 'ended'}, exit code ${end.exitCode}, ${status.restartCount ?? 0} restarts`,
            ...tail(said),
          ]),
          cause: causeOf(end.exitCode, said),
          remedies: [
            kubectl(snapshot, `logs ${lower(owner)} -c ${spec.name} --previous --tail=50`),
            'tars diff --against cluster',
            reapply(snapshot),
          ],
        },
      ];
    }),
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(
        ({ expected, container }) =>
          !expected.isTask && isFailing(container) && !container.oomKilled && container.error === '',
      )
      .map(({ expected, container }) => {
        const said = logOf(snapshot, container.name);
        // While it runs the engine does not say how it ended before.
        const exitCode = container.status === 'running' ? undefined : container.exitCode;
        return {
          object: serviceTitle(expected.name),
          rank: 'symptom',
          components: [expected.component],
          message: 'its container ends by itself',
          evidence: distinct([
            `${container.name}: ${container.status}${exitCode === undefined ? '' : `, exit code ${exitCode}`}, ${container.restartCount} restarts`,
            ...tail(said),
          ]),
          cause: causeOf(exitCode, said),
          remedies: [
            compose(snapshot, `logs --tail=50 ${expected.name}`),
            '# mend what it says, then',
            compose(snapshot, `up -d --force-recreate ${expected.name}`),
          ],
        };
      }),
};

/** Of a workload that is to run for good, an end without failure is a failure as well. */
function endsAtOnce({ pod, status }: LiveContainer): boolean {
  const isJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') === true;
  const isInit = pod.spec.initContainers?.some(({ name }) => name === status.name) === true;
  return !isJob && !isInit && status.ready !== true && status.state?.waiting?.reason === 'CrashLoopBackOff';
}

function logOfContainer({ pod, spec }: LiveContainer, { logs }: KubernetesSnapshot): string {
  const own = logs.filter(({ name, container }) => name === pod.metadata.name && container === spec.name);
  return (own.find(({ previous, text }) => previous && text.trim() !== '') ?? own[0])?.text ?? '';
}

function causeOf(exitCode: number | undefined, said: string): string {
  if (exitCode === 127) return 'the command is not in the image (exit code 127)';
  if (exitCode === 126) return 'the command cannot be executed (exit code 126)';
  const [last] = tail(said, 1);
  const how = exitCode === undefined ? 'it ends' : `it ends with exit code ${exitCode}`;
  return last === undefined ? `${how} and says nothing` : `${how}; its last words: ${oneLine(last)}`;
}
