import type { EmittedObject, Json, JsonObject } from '../../../lib/verify/emitted';
import { parseAddress } from '../../../lib/verify/reachability/address-set';
import type { ContainerPort, PodEnd } from '../../../lib/verify/reachability/ends';
import { stranger } from '../../../lib/verify/reachability/ends';
import { PolicySet } from '../../../lib/verify/reachability/policy-set';
import { describePorts, hasPort } from '../../../lib/verify/reachability/port-set';

/**
 * Cases with known answers: those of the Kubernetes documentation and of the collection of recipes
 * that everybody learns policies from, and what the API reference says about what is left out.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 * https://github.com/ahmetb/kubernetes-network-policy-recipes
 */

const emitted = (...objects: JsonObject[]): { manifests: EmittedObject[] } => ({
  manifests: objects.map((object, document) => ({ file: 'dist/test.yaml', document, object })),
});
const policy = (spec: JsonObject, namespace = 'default', name = 'p'): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec,
});
const namespace = (name: string, labels: Record<string, string>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const select = (labels: Record<string, string>): JsonObject => ({ matchLabels: labels });
const ingress = (podSelector: JsonObject, ...rules: Json[]): JsonObject =>
  policy({ podSelector, policyTypes: ['Ingress'], ingress: rules });
const egress = (podSelector: JsonObject, ...rules: Json[]): JsonObject =>
  policy({ podSelector, policyTypes: ['Egress'], egress: rules });

interface PodOptions {
  readonly in?: string;
  readonly ports?: readonly ContainerPort[];
  readonly address?: string;
  readonly hostNetwork?: boolean;
}
const pod = (labels: Record<string, string>, options: PodOptions = {}): PodEnd => ({
  ...stranger('pod', options.in ?? 'default', labels),
  ports: options.ports ?? [],
  addresses: options.address === undefined ? undefined : [parseAddress(options.address) ?? 0n],
  hostNetwork: options.hostNetwork ?? false,
});

const WEB = pod({ app: 'web' });
const API = pod({ app: 'api', role: 'search' });
const OTHER = pod({ app: 'other' });
const AWAY = pod({ app: 'other' }, { in: 'away' });
const named = (number: number, protocol: 'TCP' | 'UDP' = 'TCP'): ContainerPort => ({
  name: 'metrics',
  number,
  protocol,
});

type Case = readonly [what: string, objects: readonly JsonObject[], from: PodEnd, to: PodEnd, open: string];

const CASES: readonly Case[] = [
  ['no policy: everything is open', [], OTHER, WEB, 'all ports'],
  ['recipe 01: deny all traffic to an application', [ingress(select({ app: 'web' }))], OTHER, WEB, ''],
  ['recipe 01: others are not concerned', [ingress(select({ app: 'web' }))], OTHER, API, 'all ports'],
  ['recipe 01: nor is what the application opens', [ingress(select({ app: 'web' }))], WEB, OTHER, 'all ports'],
  [
    'recipe 02: limit traffic to an application',
    [ingress(select({ app: 'api' }), { from: [{ podSelector: select({ app: 'web' }) }] })],
    WEB,
    API,
    'all ports',
  ],
  [
    'recipe 02: everybody else is closed out',
    [ingress(select({ app: 'api' }), { from: [{ podSelector: select({ app: 'web' }) }] })],
    OTHER,
    API,
    '',
  ],
  [
    'recipe 02a: an empty rule allows all',
    [ingress(select({ app: 'web' })), ingress(select({ app: 'web' }), {})],
    AWAY,
    WEB,
    'all ports',
  ],
  ['recipe 03: deny all in a namespace', [ingress({})], OTHER, WEB, ''],
  ['recipe 03: another namespace is not concerned', [ingress({})], OTHER, AWAY, 'all ports'],
  ['recipe 04: deny other namespaces', [ingress({}, { from: [{ podSelector: {} }] })], AWAY, WEB, ''],
  ['recipe 04: the same namespace is open', [ingress({}, { from: [{ podSelector: {} }] })], OTHER, WEB, 'all ports'],
  [
    'recipe 05: allow all namespaces',
    [ingress(select({ app: 'web' }), { from: [{ namespaceSelector: {} }] })],
    AWAY,
    WEB,
    'all ports',
  ],
  [
    'recipe 06: a namespace by its labels',
    [
      namespace('away', { purpose: 'production' }),
      ingress({}, { from: [{ namespaceSelector: select({ purpose: 'production' }) }] }),
    ],
    AWAY,
    WEB,
    'all ports',
  ],
  [
    'recipe 06: another one',
    [
      namespace('away', { purpose: 'testing' }),
      ingress({}, { from: [{ namespaceSelector: select({ purpose: 'production' }) }] }),
    ],
    AWAY,
    WEB,
    '',
  ],
  [
    'recipe 07: pods of a namespace: both selectors in one peer',
    [ingress({}, { from: [{ namespaceSelector: {}, podSelector: select({ app: 'other' }) }] })],
    AWAY,
    WEB,
    'all ports',
  ],
  [
    'recipe 07: other pods of that namespace',
    [ingress({}, { from: [{ namespaceSelector: {}, podSelector: select({ app: 'else' }) }] })],
    AWAY,
    WEB,
    '',
  ],
  [
    'two peers are a union: the namespace or the pods',
    [
      ingress(
        {},
        {
          from: [
            { namespaceSelector: select({ 'kubernetes.io/metadata.name': 'else' }) },
            { podSelector: select({ app: 'other' }) },
          ],
        },
      ),
    ],
    OTHER,
    WEB,
    'all ports',
  ],
  [
    'two peers: a podSelector alone means the own namespace',
    [
      ingress(
        {},
        {
          from: [
            { namespaceSelector: select({ 'kubernetes.io/metadata.name': 'else' }) },
            { podSelector: select({ app: 'other' }) },
          ],
        },
      ),
    ],
    AWAY,
    WEB,
    '',
  ],
  [
    'every namespace has its name as a label',
    [ingress({}, { from: [{ namespaceSelector: select({ 'kubernetes.io/metadata.name': 'away' }) }] })],
    AWAY,
    WEB,
    'all ports',
  ],
  ['recipe 09: one port', [ingress(select({ app: 'api' }), { ports: [{ port: 5000 }] })], OTHER, API, '5000'],
  [
    'recipe 10: several policies are a union',
    [
      ingress(select({ app: 'api' }), { from: [{ podSelector: select({ app: 'web' }) }], ports: [{ port: 80 }] }),
      ingress(select({ role: 'search' }), { from: [{ podSelector: {} }], ports: [{ port: 81, protocol: 'UDP' }] }),
    ],
    WEB,
    API,
    '80, 81/UDP',
  ],
  ['recipe 11: deny what an application opens', [egress(select({ app: 'web' }))], WEB, OTHER, ''],
  [
    'recipe 11: but DNS',
    [
      egress(select({ app: 'web' }), {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      }),
    ],
    WEB,
    OTHER,
    '53, 53/UDP',
  ],
  [
    'both sides have to agree',
    [egress({}, { ports: [{ port: 80 }] }), ingress({}, { ports: [{ port: 81 }] })],
    OTHER,
    WEB,
    '',
  ],
  [
    'both sides agree on one port of several',
    [egress({}, { ports: [{ port: 80, endPort: 90 }] }), ingress({}, { ports: [{ port: 85, endPort: 95 }] })],
    OTHER,
    WEB,
    '85-90',
  ],
  [
    'a protocol without a port is every port of it',
    [ingress({}, { ports: [{ protocol: 'SCTP' }] })],
    OTHER,
    WEB,
    'all ports/SCTP',
  ],
  ['no protocol is TCP', [ingress({}, { ports: [{}] })], OTHER, WEB, 'all ports/TCP'],
  [
    'endPort: the last one is in',
    [ingress({}, { ports: [{ port: 32000, endPort: 32768 }] })],
    OTHER,
    WEB,
    '32000-32768',
  ],
  ['an empty list of ports is every port', [ingress({}, { ports: [], from: [] })], OTHER, WEB, 'all ports'],
  [
    'a name is what the pod that is connected to calls so',
    [ingress({}, { ports: [{ port: 'metrics' }] })],
    OTHER,
    pod({}, { ports: [named(9100)] }),
    '9100',
  ],
  [
    'a name of another protocol',
    [ingress({}, { ports: [{ port: 'metrics' }] })],
    OTHER,
    pod({}, { ports: [named(9100, 'UDP')] }),
    '',
  ],
  ['a name that nobody has', [ingress({}, { ports: [{ port: 'metrics' }] })], OTHER, WEB, ''],
  [
    'a name in an egress rule, too: each pod has its own number',
    [egress(select({ app: 'other' }), { ports: [{ port: 'metrics' }] })],
    OTHER,
    pod({}, { ports: [named(9200)] }),
    '9200',
  ],
  ['In', [ingress({ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] })], OTHER, WEB, ''],
  [
    'NotIn',
    [ingress({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] })],
    OTHER,
    WEB,
    'all ports',
  ],
  [
    'NotIn selects pods without the label',
    [ingress({ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] })],
    OTHER,
    WEB,
    '',
  ],
  ['Exists', [ingress({ matchExpressions: [{ key: 'role', operator: 'Exists' }] })], OTHER, API, ''],
  [
    'DoesNotExist',
    [ingress({ matchExpressions: [{ key: 'role', operator: 'DoesNotExist' }] })],
    OTHER,
    API,
    'all ports',
  ],
  [
    'labels and expressions together',
    [ingress({ matchLabels: { app: 'api' }, matchExpressions: [{ key: 'role', operator: 'In', values: ['x'] }] })],
    OTHER,
    API,
    'all ports',
  ],
  [
    'policyTypes left out: ingress alone where there is no egress rule',
    [policy({ podSelector: {} })],
    WEB,
    AWAY,
    'all ports',
  ],
  ['policyTypes left out: ingress is closed all the same', [policy({ podSelector: {} })], AWAY, WEB, ''],
  [
    'policyTypes left out: egress where there is a rule for it',
    [policy({ podSelector: {}, egress: [{ ports: [{ port: 80 }] }], ingress: [{}] })],
    WEB,
    AWAY,
    '80',
  ],
  [
    'policyTypes Egress alone leaves ingress open',
    [policy({ podSelector: {}, policyTypes: ['Egress'] })],
    AWAY,
    WEB,
    'all ports',
  ],
  [
    'rules of a direction that policyTypes leaves out do not count',
    [policy({ podSelector: {}, policyTypes: ['Ingress'], egress: [{ ports: [{ port: 80 }] }] })],
    WEB,
    AWAY,
    'all ports',
  ],
  [
    'a block of addresses holds a pod whose address is in it',
    [ingress({}, { from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] } }] })],
    pod({}, { address: '10.1.3.4', in: 'away' }),
    WEB,
    'all ports',
  ],
  [
    'and not one whose address is taken out',
    [ingress({}, { from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] } }] })],
    pod({}, { address: '10.1.2.4', in: 'away' }),
    WEB,
    '',
  ],
  ['every address is every pod', [ingress({}, { from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] })], AWAY, WEB, 'all ports'],
  [
    'an unknown address is in no smaller block',
    [ingress({}, { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] })],
    AWAY,
    WEB,
    '',
  ],
  [
    'a pod on the network of its node is closed by nothing',
    [ingress({})],
    OTHER,
    pod({}, { hostNetwork: true }),
    'all ports',
  ],
  ['and is no pod to others', [ingress({}, { from: [{ podSelector: {} }] })], pod({}, { hostNetwork: true }), WEB, ''],
  ['a peer that says nothing lets nobody in', [ingress({}, { from: [{}] })], OTHER, WEB, ''],
  [
    "a policy of another group is somebody else's",
    [{ ...ingress({}), apiVersion: 'projectcalico.org/v3' }],
    OTHER,
    WEB,
    'all ports',
  ],
];

test.each(CASES)('%s', (_, objects, from, to, open) => {
  expect(describePorts(new PolicySet(emitted(...objects)).openPorts(from, to))).toBe(open);
});

test.each<[direction: 'ingress' | 'egress', rule: JsonObject, address: string, port: number, open: boolean]>([
  // The example of the documentation: 172.17.0.0/16 but not 172.17.1.0/24.
  [
    'ingress',
    { from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }], ports: [{ port: 6379 }] },
    '172.17.0.9',
    6379,
    true,
  ],
  [
    'ingress',
    { from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }], ports: [{ port: 6379 }] },
    '172.17.1.9',
    6379,
    false,
  ],
  [
    'ingress',
    { from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }], ports: [{ port: 6379 }] },
    '172.17.2.1',
    6379,
    true,
  ],
  [
    'ingress',
    { from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }], ports: [{ port: 6379 }] },
    '172.18.0.1',
    6379,
    false,
  ],
  [
    'ingress',
    { from: [{ ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } }], ports: [{ port: 6379 }] },
    '172.17.0.9',
    6380,
    false,
  ],
  ['egress', { to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 5978 }] }, '10.0.0.255', 5978, true],
  ['egress', { to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ port: 5978 }] }, '10.0.1.0', 5978, false],
  ['egress', { to: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] }, '2001:db8::1', 1, true],
  ['egress', { to: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] }, '2001:db8:1::1', 1, false],
  ['egress', { to: [{ ipBlock: { cidr: '::/0' } }] }, '10.0.0.1', 1, false],
  ['egress', { to: [{ podSelector: {} }] }, '10.0.0.1', 1, false],
  ['egress', { ports: [{ port: 443 }] }, '10.0.0.1', 443, true],
  ['egress', { ports: [{ port: 'https' }] }, '10.0.0.1', 443, false],
])('%s %j with %s at %i: %s', (direction, rule, address, port, open) => {
  const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], [direction]: [rule] };
  const set = new PolicySet(emitted(policy(spec)));
  expect(hasPort(set.addressSide(direction, WEB, parseAddress(address) ?? -1n), 'TCP', port)).toBe(open);
});
