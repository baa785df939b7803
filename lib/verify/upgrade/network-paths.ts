import type { EmittedSet, Json, JsonObject } from '../emitted';
import { objectName } from '../object-path';
import { isList, isObject, textOf } from '../read';
import { parseAddress } from '../reachability/address-set';
import type { PodEnd } from '../reachability/ends';
import { podEndsOf, stranger } from '../reachability/ends';
import { PolicySet } from '../reachability/policy-set';
import type { PortSet } from '../reachability/port-set';
import {
  ALL_PORTS,
  describePorts,
  intersectPorts,
  isNoPort,
  ports,
  subtractPorts,
  unitePorts,
} from '../reachability/port-set';
import { objectKey } from './object-key';
import type { Finding, ReleaseChange } from './release-change';

/** The label by which policies name a namespace. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';
/** Addresses that stand for many: one of nobody's, one of the internet, one of a private network. */
const OUTSIDE = parseAddress('203.0.113.7') ?? 0n;
const INTERNET = parseAddress('8.8.8.8') ?? 0n;
const PRIVATE = parseAddress('10.11.12.13') ?? 0n;

/** One release, as far as its policies go. */
interface Side {
  readonly policies: PolicySet;
  readonly pods: ReadonlyMap<string, PodEnd>;
}

/**
 * Who may connect to whom from now on, and who no longer: computed from the policies before and
 * after. Policies that are no longer made count, since an apply leaves them.
 */
export function networkPaths(change: ReleaseChange): readonly Finding[] {
  const stays = change.objects.flatMap(({ before, after }) =>
    after === undefined && before?.object['kind'] === 'NetworkPolicy' ? [before] : [],
  );
  const applied = { ...change.after, manifests: [...change.after.manifests, ...stays] };
  const [before, after] = [side(change.before), side(applied)];
  if (!isAffected(change, before, after)) return [];
  const namespaces = namedNamespaces(
    [...change.before.manifests, ...change.after.manifests].map(({ object }) => object),
  );
  const around = ['elsewhere', ...namespaces].map((name) =>
    stranger(name === 'elsewhere' ? 'pods of other namespaces' : `pods in ${name}`, name),
  );
  return [...after.pods].flatMap(([key, pod]) => {
    const old = before.pods.get(key);
    if (old === undefined || pod.template === undefined) return [];
    const [opened, closed]: string[][] = [[], []];
    const compare = (from: string, was: PortSet, is: PortSet): void => {
      const [more, less] = [subtractPorts(is, was), subtractPorts(was, is)];
      if (!isNoPort(more)) opened?.push(`${from} ${describePorts(more)}`);
      if (!isNoPort(less)) closed?.push(`${from} ${describePorts(less)}`);
    };
    for (const [id, client] of after.pods) {
      const earlier = before.pods.get(id);
      // A client that is new could not connect before.
      const was = earlier === undefined ? undefined : declared(old, before.policies.openPorts(earlier, old));
      compare(`from ${client.name}:`, was ?? NONE, declared(pod, after.policies.openPorts(client, pod)));
    }
    for (const other of around) {
      const [was, is] = [before.policies.side('ingress', old, other), after.policies.side('ingress', pod, other)];
      compare(`from ${other.name}:`, declared(old, was), declared(pod, is));
    }
    const [was, is] = [before, after].map(({ policies }, i) =>
      policies.addressSide('ingress', i === 0 ? old : pod, OUTSIDE),
    );
    compare('from outside:', declared(old, was ?? NONE), declared(pod, is ?? NONE));
    for (const [name, address] of [
      ['the internet', INTERNET],
      ['private addresses', PRIVATE],
    ] as const) {
      const out = [before, after].map(({ policies }, i) =>
        policies.addressSide('egress', i === 0 ? old : pod, address),
      );
      compare(`to ${name}:`, out[0] ?? NONE, out[1] ?? NONE);
    }
    return [
      ...finding(pod.template.owner.object, 'opens', opened ?? []),
      ...finding(pod.template.owner.object, 'closes', closed ?? []),
    ];
  });
}

const NONE: PortSet = subtractPorts(ALL_PORTS, ALL_PORTS);

function side(emitted: Pick<EmittedSet, 'manifests'>): Side {
  const ends = podEndsOf(emitted).filter(({ template }) => template !== undefined);
  const lasting = ends.filter(({ template }) => template?.kind !== 'Job');
  return {
    policies: new PolicySet(emitted),
    pods: new Map(lasting.map((pod) => [objectKey(pod.template?.owner.object ?? {}), pod])),
  };
}

/** Most upgrades touch neither policies nor labels, and there is nothing to compute. */
function isAffected({ objects }: ReleaseChange, before: Side, after: Side): boolean {
  if (objects.some(({ before: b, after: a }) => (a ?? b)?.object['kind'] === 'NetworkPolicy')) return true;
  const text = ({ pods }: Side): string =>
    JSON.stringify([...pods].map(([key, pod]) => [key, pod.labels, pod.ports, pod.hostNetwork]));
  return text(before) !== text(after);
}

/** Of a pod's ports those that it declares: nobody listens on the others. */
function declared(pod: PodEnd, open: PortSet): PortSet {
  return intersectPorts(open, unitePorts(pod.ports.map(({ protocol, number }) => ports(protocol, number))));
}

function finding(object: JsonObject, verb: 'opens' | 'closes', paths: readonly string[]): Finding[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'TARS6611',
      severity: 'notice',
      path: objectName(object),
      message: `the network ${verb === 'opens' ? 'opens' : 'closes'} for it`,
      given: paths.join('; '),
      allowed: 'the connections of the release before',
      remedy: 'nothing, if that is what you expect',
      steps: [],
    },
  ];
}

/** Namespaces that policies name. */
function namedNamespaces(objects: readonly JsonObject[]): string[] {
  const found = new Set<string>();
  const walk = (value: Json | undefined): void => {
    if (isList(value)) value.forEach(walk);
    else if (isObject(value)) {
      const name = textOf(value[NAMESPACE_NAME]);
      if (name !== undefined) found.add(name);
      Object.values(value).forEach(walk);
    }
  };
  for (const object of objects) if (object['kind'] === 'NetworkPolicy') walk(object['spec']);
  return [...found].sort();
}
