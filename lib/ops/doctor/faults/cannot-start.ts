import { dirname, join } from 'node:path/posix';
import type { ComposeSnapshot } from '../compose-snapshot';
import type { Fault, Found } from '../finding';
import {
  ageOf,
  componentOf,
  eventsOf,
  kubectl,
  lastEnd,
  liveContainers,
  livePods,
  lower,
  ownerOf,
  reapply,
  titleOf,
} from '../live';
import { compose, engineContainers, isServing, liveServices, serviceTitle } from '../services';
import { distinct, oneLine } from '../text';

const WAITING = ['CreateContainerError', 'RunContainerError', 'CreateContainerConfigError'];
/** What a pod's first tries may take. */
const PATIENCE_MS = 60_000;
const EVENTS = ['FailedMount', 'FailedAttachVolume', 'FailedCreatePodSandBox', 'FailedMapVolume'];
/** What a missing Secret or ConfigMap says of itself. */
const MISSING = /(secret|configmap)[s]? "[^"]+" not found|couldn't find key|references non-existent/i;
const PORT = /port is already allocated|address already in use/;

/** A container that cannot be made: its command is not there, or what it mounts. */
export const cannotStart: Fault = {
  code: 'TARS7320',
  title: 'a container that cannot be started',
  why: 'No process of it has ever run, so it has no log. The reason is the word of who tried to start it.',
  kubernetes: (snapshot) => [
    ...liveContainers(snapshot).flatMap((container) => {
      const { pod, owner, component, spec, status } = container;
      const end = lastEnd(container, snapshot.now);
      const isStartError = /StartError|ContainerCannotRun/.test(end?.reason ?? '');
      const { reason = '', message } = status.state?.waiting ?? {};
      const said = isStartError ? end?.message : message;
      if (status.ready === true || (!isStartError && !WAITING.includes(reason))) return [];
      if (MISSING.test(said ?? '') || /OOM-killed|memory limit too low/.test(said ?? '')) return [];
      return [
        {
          object: owner,
          rank: 'cause' as const,
          components: [component],
          message: `container ${spec.name} cannot be started`,
          evidence: [`${titleOf(pod)}: ${reason || (end?.reason ?? '')}: ${oneLine(said)}`],
          cause: causeOf(said ?? ''),
          remedies: ['tars diff --against cluster', reapply(snapshot), kubectl(snapshot, `describe ${lower(owner)}`)],
        },
      ];
    }),
    ...livePods(snapshot).flatMap((pod) => {
      const statuses = pod.status?.containerStatuses ?? [];
      if (!statuses.some(({ state }) => state?.waiting?.reason === 'ContainerCreating')) return [];
      // A busy node may fail once, and try again within seconds.
      if (ageOf(pod, snapshot.now) < PATIENCE_MS) return [];
      const [said] = eventsOf(pod, snapshot).filter(({ reason }) => EVENTS.includes(reason ?? ''));
      if (said === undefined || MISSING.test(said.message ?? '')) return [];
      return [
        {
          object: ownerOf(pod, snapshot.objects),
          rank: 'cause' as const,
          components: [componentOf(pod)],
          message: 'its pod cannot be started',
          evidence: [`${titleOf(pod)}: ${said.reason ?? ''}: ${oneLine(said.message)}`],
          cause: 'the node cannot give it what it mounts, or its network',
          remedies: [kubectl(snapshot, `describe pod ${pod.metadata.name}`)],
        },
      ];
    }),
  ],
  compose: (snapshot) => [
    ...withoutMounts(snapshot),
    ...engineContainers(snapshot)
      .filter(({ container }) => container.error !== '' && container.status !== 'running')
      .filter(({ container }) => !PORT.test(container.error))
      .filter(({ expected }) => !expected.mounts.some((path) => snapshot.missingMounts.includes(path)))
      .map(({ expected, container }): Found => ({
        object: serviceTitle(expected.name),
        rank: 'cause',
        components: [expected.component],
        message: 'its container cannot be started',
        evidence: distinct([`${container.name}: ${oneLine(container.error)}`]),
        cause: causeOf(container.error),
        remedies: ['tars synth --check', compose(snapshot, `up -d --force-recreate ${expected.name}`)],
      })),
  ],
};

/** Services whose files are gone; one that runs has them still, until it is started again. */
function withoutMounts(snapshot: ComposeSnapshot): Found[] {
  const { missingMounts, file } = snapshot;
  return liveServices(snapshot).flatMap(({ expected, containers }): Found[] => {
    const gone = expected.mounts
      .filter((path) => missingMounts.includes(path))
      .map((path) => join(dirname(file), path));
    if (gone.length === 0) return [];
    return [
      {
        object: serviceTitle(expected.name),
        rank: 'cause',
        components: containers.some(isServing) ? [] : [expected.component],
        message: `what it mounts is not there: ${gone.join(', ')}`,
        evidence: distinct([
          ...gone.map((path) => `${path}: no such file or directory`),
          ...containers.filter(({ error }) => error !== '').map(({ name, error }) => `${name}: ${oneLine(error)}`),
        ]),
        cause: 'somebody has removed or renamed it',
        remedies: [
          '# what is generated comes back by these, what is yours by git:',
          'tars secrets init',
          'tars synth',
          compose(snapshot, `up -d --force-recreate ${expected.name}`),
        ],
      },
    ];
  });
}

function causeOf(said: string): string {
  if (/bind source path|error mounting|failed to mount|mount config/.test(said)) return 'what it mounts is not there';
  if (/executable file not found|no such file or directory/.test(said)) return 'the command is not in the image';
  if (said.includes('permission denied')) return 'the command may not be executed';
  if (/mount|volume/.test(said)) return 'what it mounts is not there';
  if (said.includes('runAsNonRoot')) return 'it would run as root, and must not';
  return 'see what the runtime says';
}
