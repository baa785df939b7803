import { fit } from '../../../lib/verify/fit/fit';
import type { Node } from '../../../lib/verify/fit/node';
import { readNodes } from '../../../lib/verify/fit/read-nodes';
import type { JsonObject } from '../../../lib/verify/emitted';
import { aContainer, anObject, aWorkload, emittedOf } from '../../support/emitted';

function nodesOf(text: string): readonly Node[] {
  const read = readNodes(text);
  if (!read.ok) throw new Error(read.problem);
  return read.nodes;
}

/** What has no place in each moment: pod and reason. */
function told(
  nodes: string,
  lose: number,
  ...objects: readonly JsonObject[]
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    fit(emittedOf(objects), nodesOf(nodes), lose).scenarios.map(({ lost, isUpdate, unplaced }) => [
      [lost.length === 0 ? 'peak' : `without ${lost.join(' ')}`, ...(isUpdate ? ['update'] : [])].join(', '),
      unplaced.map(({ pod, reason }) => `${pod.name}: ${reason}`),
    ]),
  );
}

const CPU = (cpu: string): JsonObject => aContainer({ cpu }, { cpu });
const web = (replicas: number, pod: JsonObject, spec: JsonObject = {}): JsonObject =>
  aWorkload('Deployment', {
    pod,
    spec: { replicas, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, ...spec },
  });
const HOST = 'kubernetes.io/hostname';
const selector = { labelSelector: { matchLabels: { app: 'web' } } };
const claim = (accessMode: string): JsonObject =>
  anObject('PersistentVolumeClaim', 'data', { spec: { accessModes: [accessMode] } });
const withClaim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };

describe('whether everything has a place', () => {
  test.each<[string, string, JsonObject[], Readonly<Record<string, readonly string[]>>]>([
    ['all of it', '2x2cpu4Gi', [web(3, { containers: [CPU('1')] })], { peak: [], 'peak, update': [] }],
    [
      'no room for the surge of an update',
      '2x2cpu4Gi',
      [web(4, { containers: [CPU('1')] })],
      { peak: [], 'peak, update': ['web-new-4: 0/2 nodes are available: 2 Insufficient cpu.'] },
    ],
    [
      'an update that lets an old pod end first needs none',
      '2x2cpu4Gi',
      [web(4, { containers: [CPU('1')] }, { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } })],
      { peak: [], 'peak, update': [] },
    ],
    [
      'an autoscaler at its maximum',
      '2x2cpu4Gi',
      [
        aWorkload('StatefulSet', { pod: { containers: [CPU('1')] } }),
        anObject('HorizontalPodAutoscaler', 'web', {
          spec: { maxReplicas: 5, scaleTargetRef: { kind: 'StatefulSet', name: 'web' } },
        }),
      ],
      { peak: ['web-4: 0/2 nodes are available: 2 Insufficient cpu.'] },
    ],
    [
      'replicas that stay apart',
      '2x2cpu4Gi',
      [
        aWorkload('StatefulSet', {
          pod: {
            affinity: {
              podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST, ...selector }] },
            },
          },
          spec: { replicas: 3 },
        }),
      ],
      { peak: ["web-2: 0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules."] },
    ],
    [
      'spread over zones, one of which is full',
      '1x4cpu8Gi:zone=a,1x1cpu8Gi:zone=b',
      [
        aWorkload('StatefulSet', {
          pod: {
            containers: [CPU('1')],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'DoNotSchedule',
                ...selector,
              },
            ],
          },
          spec: { replicas: 4 },
        }),
      ],
      {
        peak: [
          "web-3: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match pod topology spread constraints.",
        ],
      },
    ],
    [
      'taints that nothing tolerates, and a selector',
      '1x4cpu8Gi:taint=gpu@NoSchedule,1x4cpu8Gi:label=disk=hdd',
      [aWorkload('Pod', {})].map(() =>
        anObject('Pod', 'web', { spec: { containers: [], nodeSelector: { disk: 'ssd' } } }),
      ),
      {
        peak: [
          "web: 0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s).",
        ],
      },
    ],
    [
      'a pod that waits for a neighbour is tried again',
      '1x4cpu8Gi',
      [
        anObject('Pod', 'first', {
          spec: {
            containers: [],
            affinity: {
              podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST, ...selector }] },
            },
          },
        }),
        aWorkload('StatefulSet'),
      ],
      { peak: [] },
    ],
    [
      'a claim of one node, mounted on two',
      '2x1cpu4Gi',
      [
        claim('ReadWriteOnce'),
        aWorkload('StatefulSet', { pod: { containers: [CPU('1')], ...withClaim }, spec: { replicas: 2 } }),
      ],
      {
        peak: [
          'web-1: it stays in ContainerCreating on node-2: Multi-Attach error for volume of claim "data": Volume is already used by pod(s) on node-1',
        ],
      },
    ],
    [
      'a claim of many nodes',
      '2x1cpu4Gi',
      [
        claim('ReadWriteMany'),
        aWorkload('StatefulSet', { pod: { containers: [CPU('1')], ...withClaim }, spec: { replicas: 2 } }),
      ],
      { peak: [] },
    ],
    [
      'a pod of a DaemonSet on each node but the tainted one',
      '2x1cpu4Gi,1x1cpu4Gi:taint=gpu@NoExecute',
      [aWorkload('DaemonSet', { pod: { containers: [CPU('1')] } })],
      {
        peak: [
          "web-node-3: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector.",
        ],
      },
    ],
  ])('%s', (_, nodes, objects, expected) => {
    expect(told(nodes, 0, ...objects)).toEqual(expected);
  });

  test('after losing any one: its pods have to go elsewhere', () => {
    expect(
      told('2x2cpu4Gi', 1, aWorkload('StatefulSet', { pod: { containers: [CPU('1')] }, spec: { replicas: 3 } })),
    ).toEqual({
      peak: [],
      'without node-1': ['web-2: 0/1 nodes are available: 1 Insufficient cpu.'],
      'without node-2': ['web-1: 0/1 nodes are available: 1 Insufficient cpu.'],
    });
  });

  test('a volume stays in the zone where it was made', () => {
    const found = told(
      '1x4cpu8Gi:zone=a,2x4cpu8Gi:zone=b',
      1,
      claim('ReadWriteOnce'),
      aWorkload('StatefulSet', { pod: { nodeSelector: {}, ...withClaim } }),
    );
    const reasons = Object.values(found).flat();
    expect(reasons).toEqual([
      "web-0: 0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.",
    ]);
  });

  test('what is left to chance is said', () => {
    // The first pod may take the only node that is large enough for the second.
    const result = fit(
      emittedOf([
        anObject('Pod', 'small', { spec: { containers: [] } }),
        anObject('Pod', 'large', { spec: { containers: [], nodeSelector: { alone: 'yes' } } }),
      ]),
      nodesOf('1x4cpu8Gi:label=alone=yes:pods=1,1x4cpu8Gi'),
      0,
    );
    const [peak] = result.scenarios;
    expect(result.fits).toBe(false);
    expect(peak?.failed).toBeGreaterThan(0);
    expect(peak?.failed).toBeLessThan(result.attempts);
  });
});

describe('how nodes are written', () => {
  test('groups with options', () => {
    const nodes = nodesOf('2x4cpu16Gi:zone=a/b,0.5cpu512Mi:gpu=2:pods=20:disk=1Gi:label=x=y:taint=k=v@NoSchedule');
    expect(nodes.map(({ name, labels }) => [name, labels])).toEqual([
      ['node-1', { [HOST]: 'node-1', 'topology.kubernetes.io/zone': 'a' }],
      ['node-2', { [HOST]: 'node-2', 'topology.kubernetes.io/zone': 'b' }],
      ['node-3', { [HOST]: 'node-3', x: 'y' }],
    ]);
    expect(nodes[2]?.allocatable).toEqual({
      cpu: 500,
      memory: 512 * 1024 ** 2,
      'ephemeral-storage': 1024 ** 3,
      pods: 20,
      'nvidia.com/gpu': 2,
    });
    expect(nodes[2]?.taints).toEqual([{ key: 'k', value: 'v', effect: 'NoSchedule' }]);
  });

  test.each([
    ['', 'not a size of nodes'],
    ['0x4cpu16Gi', 'no node at all'],
    ['3x4', 'not a size of nodes'],
    ['3x4cpu16Q', 'not a size of nodes'],
    ['1x1cpu1Gi:gpu=x', 'not a number: gpu=x'],
    ['1x1cpu1Gi:disk=', 'not a size: disk='],
    ['1x1cpu1Gi:color=red', 'no such option: color=red'],
    ['1x1cpu1Gi:taint=a@Sometimes', 'not a taint: taint=a@Sometimes'],
    ['101x1cpu1Gi', 'more than 100 nodes'],
  ])('%j is refused', (text, problem) => {
    expect(readNodes(text)).toMatchObject({ ok: false, problem });
  });
});
