import type { LogExcerpt } from '../log-excerpt';
import type { Fault } from '../finding';
import { isReady, kubectl, livePods, lower, ownerOf } from '../live';
import { compose, engineContainers, isFailing, isUnhealthy, serviceTitle } from '../services';
import { oneLine } from '../text';

const DENIED = /permission denied|EACCES|has wrong ownership|Read-only file system|EROFS/i;

/** A container that may not read or write its own files. */
export const noPermission: Fault = {
  code: 'TARS7321',
  title: 'files that a container may not read or write',
  why: 'It runs as a user of its own, and its volume, or a file of it, belongs to somebody else.',
  kubernetes: (snapshot) =>
    livePods(snapshot)
      .filter((pod) => !isReady(pod))
      .flatMap((pod) => {
        const own = snapshot.logs.filter(({ name }) => name === pod.metadata.name);
        const line = deniedIn(own);
        const owner = ownerOf(pod, snapshot.objects);
        return line === undefined
          ? []
          : [
              {
                object: owner,
                rank: 'cause' as const,
                components: [own[0]?.component ?? ''],
                message: 'it may not read or write what it needs',
                evidence: [`${pod.metadata.name}: ${line}`],
                cause: 'the files belong to another user than the one that it runs as, or cannot be written to',
                remedies: [
                  kubectl(snapshot, `get ${lower(owner)} -o jsonpath='{.spec.template.spec.securityContext}'`),
                  `kubectl apply -f ${snapshot.manifests}`,
                ],
              },
            ];
      }),
  compose: (snapshot) =>
    engineContainers(snapshot)
      .filter(({ container }) => isFailing(container) || isUnhealthy(container))
      .flatMap(({ expected, container }) => {
        const line = deniedIn(snapshot.logs.filter(({ name }) => name === container.name));
        return line === undefined
          ? []
          : [
              {
                object: serviceTitle(expected.name),
                rank: 'cause' as const,
                components: [expected.component],
                message: 'it may not read or write what it needs',
                evidence: [`${container.name}: ${line}`],
                cause: 'its volume, or a file that it mounts, belongs to another user than the one that it runs as',
                remedies: [
                  `docker inspect -f '{{.Config.User}} {{json .Mounts}}' ${container.name}`,
                  '# give the files to that user, or, if nothing is lost by it, let the volume be made again:',
                  compose(snapshot, `rm --stop --force ${expected.name}`),
                  compose(snapshot, `up -d ${expected.name}`),
                ],
              },
            ];
      }),
};

function deniedIn(logs: readonly LogExcerpt[]): string | undefined {
  const lines = logs.flatMap(({ text }) => text.split('\n')).filter((line) => DENIED.test(line));
  const last = lines.at(-1);
  return last === undefined ? undefined : oneLine(last);
}
