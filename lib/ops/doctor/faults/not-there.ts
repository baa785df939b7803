import type { Fault, Found } from '../finding';
import type { ComposeSnapshot, EngineContainer } from '../compose-snapshot';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { ageOf, componentOf, isOurs, kubectl, lower, ofKind, reapply, titleOf } from '../live';
import type { LiveObject } from '../objects';
import { compose, isComingUp, isKilled, liveServices, serviceTitle } from '../services';
import { distinct } from '../text';

const KINDS = [
  'Deployment',
  'StatefulSet',
  'Service',
  'HorizontalPodAutoscaler',
  'Ingress',
  'ResourceQuota',
  'LimitRange',
];

/** A part of the system that is not there, or that somebody has switched off. */
export const notThere: Fault = {
  code: 'TARS7318',
  title: 'a part of the system that is not there, or does not run',
  why: 'Nothing starts it by itself.',
  kubernetes: (snapshot) => {
    const { namespace, namespaceExists, objects, expected, unread } = snapshot;
    if (!namespaceExists) {
      return [
        {
          object: `Namespace/${namespace}`,
          rank: 'cause' as const,
          components: [],
          message: 'it does not exist, and nothing of the system with it',
          evidence: [`namespaces "${namespace}" not found`],
          cause: 'nothing was applied to this cluster, or somebody has deleted it',
          remedies: ['tars synth', reapply(snapshot)],
        },
      ];
    }
    const own = objects.filter((one) => KINDS.includes(one.kind) && isOurs(one));
    if (own.length === 0 && unread.length === 0 && expected.length > 0) return [emptyNamespace(snapshot)];
    const missing = expected.filter(
      ({ kind, metadata }) =>
        KINDS.includes(kind) &&
        !unread.includes(kind) &&
        !objects.some((one) => one.kind === kind && one.metadata.name === metadata.name),
    );
    return [
      // An apply makes one after the other.
      ...(own.some(isNew(snapshot.now)) ? [] : missing).map((one): Found => ({
        object: titleOf(one),
        rank: 'cause',
        components: distinct([componentOf(one)]),
        message: 'it is not there',
        evidence: [`${lower(titleOf(one))} not found`],
        cause: 'it was never applied, or somebody has deleted it',
        remedies: [reapply(snapshot)],
      })),
      ...switchedOff(snapshot),
    ];
  },
  compose: (snapshot) => {
    if (snapshot.expected.length > 0 && runsNowhere(snapshot)) return nothingRuns(snapshot);
    return liveServices(snapshot).flatMap(({ expected, containers }): Found[] => {
      const { name, component, isTask, image } = expected;
      const of = { object: serviceTitle(name), rank: 'cause' as const, components: [component] };
      const isMountable = !expected.mounts.some((path) => snapshot.missingMounts.includes(path));
      if (containers.length === 0) {
        const hasReason = !isMountable || snapshot.refusal !== undefined || !snapshot.images.includes(image);
        if (hasReason || isComingUp(snapshot)) return [];
        return [
          {
            ...of,
            message: 'it has no container',
            evidence: [`no container of ${name} in project ${snapshot.project}`],
            cause: 'it was never started, or somebody has removed it',
            remedies: [compose(snapshot, `up -d ${name}`)],
          },
        ];
      }
      const stopped = containers.filter(
        (one) => (isKilled(one) && !isNext(one, snapshot)) || ['paused', 'dead'].includes(one.status),
      );
      if (isTask || stopped.length === 0 || stopped.length < containers.length) return [];
      return [
        {
          ...of,
          message: 'it does not run',
          evidence: stopped.map(
            (one) => `${one.name}: ${one.status}, exit code ${one.exitCode}, restart policy ${one.restartPolicy}`,
          ),
          cause: stopped.some(({ status }) => status === 'paused')
            ? 'somebody has paused it'
            : 'somebody has stopped or killed it, and the engine does not start it again',
          remedies: [
            stopped.some(({ status }) => status === 'paused')
              ? compose(snapshot, `unpause ${name}`)
              : compose(snapshot, `up -d ${name}`),
          ],
        },
      ];
    });
  },
};

const APPLY_MS = 15_000;

function isNew(now: number): (object: LiveObject) => boolean {
  return (object) => ageOf(object, now) < APPLY_MS;
}

function emptyNamespace(snapshot: KubernetesSnapshot): Found {
  return {
    object: `Namespace/${snapshot.namespace}`,
    rank: 'cause',
    components: snapshot.topology.components.map(({ name }) => name),
    message: 'nothing of the system is in it',
    evidence: ['no workload and no Service of it'],
    cause: 'the manifests were never applied, or somebody has deleted what they made',
    remedies: ['tars synth', reapply(snapshot)],
  };
}

/** Whether it was stopped before the others began to start: its turn comes. */
function isNext({ finishedAt }: EngineContainer, snapshot: ComposeSnapshot): boolean {
  return isComingUp(snapshot) && snapshot.containers.some(({ startedAt }) => startedAt > finishedAt);
}

/** All that is to run has ended from outside, or there is nothing at all. */
function runsNowhere(snapshot: ComposeSnapshot): boolean {
  const tasks = snapshot.expected.filter(({ isTask }) => isTask).map(({ name }) => name);
  return snapshot.containers.filter(({ service }) => !tasks.includes(service)).every(isKilled);
}

/** One finding, and no list of all services. */
function nothingRuns(snapshot: ComposeSnapshot): Found[] {
  const { project, expected, containers, refusal } = snapshot;
  // What Compose says against it comes first.
  if (refusal !== undefined) return [];
  const isThere = containers.length > 0;
  return [
    {
      object: `project/${project}`,
      rank: 'cause',
      components: expected.map(({ component }) => component),
      message: isThere ? 'nothing of it runs' : 'nothing of it is on this engine',
      evidence: isThere
        ? containers.map(({ name, status, exitCode }) => `${name}: ${status}, exit code ${exitCode}`).slice(0, 8)
        : [`no container has the label of project ${project}`],
      cause: isThere
        ? 'somebody has stopped it, or the engine was started again'
        : 'it was never brought up, or somebody has taken it down',
      remedies: [compose(snapshot, 'up -d --wait')],
    },
  ];
}

/** Scaled to zero, where the manifests want somebody there. */
function switchedOff(snapshot: KubernetesSnapshot): Found[] {
  const { objects, expected } = snapshot;
  return (['Deployment', 'StatefulSet'] as const).flatMap((kind) =>
    ofKind(objects, kind)
      .filter(({ metadata, spec }) => {
        const meant = ofKind(expected, kind).find((one) => one.metadata.name === metadata.name);
        return meant !== undefined && spec.replicas === 0 && meant.spec.replicas !== 0;
      })
      .map((one) => ({
        object: titleOf(one),
        rank: 'cause' as const,
        components: distinct([componentOf(one)]),
        message: 'it is scaled to zero',
        evidence: ['spec.replicas: 0'],
        cause: 'somebody has switched it off',
        remedies: [
          kubectl(
            snapshot,
            `scale ${lower(titleOf(one))} --replicas=${ofKind(expected, kind).find(({ metadata }) => metadata.name === one.metadata.name)?.spec.replicas ?? 1}`,
          ),
        ],
      })),
  );
}
