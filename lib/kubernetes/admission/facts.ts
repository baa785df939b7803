import { kubernetesName } from '../../model/define-service';
import type { ServiceSpec } from '../../model/service-spec';
import type { SystemModel } from '../../model/system-model';
import { containerEnv } from '../env';
import type { NetworkPolicyJson } from '../json';
import { defaultDenyObject, policyObjects } from '../network-policy';
import type { ObjectSpec } from '../object-spec';
import type { PodFacts } from './pod-rules';

/** Components whose pods may write to their root file system, tasks included. */
export function podFactsOf(services: readonly ServiceSpec[]): PodFacts {
  return { writable: services.filter(({ runAs }) => !runAs.readOnlyRoot).flatMap(componentsOf) };
}

/** Components whose workload the user changes last. */
export function overriddenComponents(services: readonly ServiceSpec[]): string[] {
  return services.filter(({ overrides }) => overrides.kubernetes !== undefined).map(({ name }) => name);
}

function componentsOf({ name, tasks }: ServiceSpec): string[] {
  return [name, ...tasks.map((task) => `${name}-${task.name}`)];
}

/**
 * What the policies have to know of this model. It stands in a ConfigMap, which an apply writes before
 * the objects that are held against it: a policy itself takes a second to be known.
 */
export function factsOf(model: SystemModel, services: readonly ServiceSpec[], prefix: string): Record<string, string> {
  const facts = new Map<string, string>([['neverLiteral', secretVariables(model, services).join(' ')]]);
  for (const spec of services) {
    const { workload } = spec;
    if (workload.kind === 'cron-job' || workload.scale.kind !== 'auto') continue;
    facts.set(`min.${kubernetesName(spec)}`, String(workload.scale.policy.minReplicas));
    facts.set(`max.${kubernetesName(spec)}`, String(workload.scale.policy.maxReplicas));
  }
  const deny = defaultDenyObject(prefix);
  facts.set(`closed.${String(deny.name)}`, 'true');
  for (const object of [deny, ...services.flatMap((spec) => policyObjects(spec, () => model))]) {
    for (const [key, value] of policyFacts(object, model.settings.network.dns.ports)) facts.set(key, value);
  }
  return Object.fromEntries([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Variables that the model takes from Secrets, everywhere. */
function secretVariables(model: SystemModel, services: readonly ServiceSpec[]): string[] {
  const entries = services.flatMap((spec) =>
    [spec.env, ...spec.tasks.map(({ env }) => env)].flatMap((env) => containerEnv(model, spec, env)),
  );
  const plain = new Set(entries.filter(({ valueFrom }) => valueFrom === undefined).map(({ name }) => name));
  const secret = entries.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined).map(({ name }) => name);
  return [...new Set(secret)].filter((name) => !plain.has(name)).sort();
}

function policyFacts(object: ObjectSpec, dnsPorts: readonly number[]): [string, string][] {
  const name = String(object.name);
  const { ingress = [], egress = [], policyTypes = [] } = object.fields['spec']?.() as NetworkPolicyJson;
  const isWide = ({ ipBlock }: { readonly ipBlock?: { readonly cidr: string } }): boolean =>
    ipBlock !== undefined && ['0.0.0.0/0', '::/0'].includes(ipBlock.cidr);
  const isOpen = (peers: readonly { readonly ipBlock?: { readonly cidr: string } }[] | undefined): boolean =>
    peers === undefined || peers.length === 0 || peers.some(isWide);
  const opens = [
    ...(ingress.some(({ from }) => isOpen(from)) ? ['ingress'] : []),
    ...(egress.some(({ to }) => isOpen(to)) ? ['egress'] : []),
  ];
  const asksDns = egress.some(({ ports = [] }) =>
    ports.some(({ port, protocol }) => protocol === 'UDP' && dnsPorts.includes(Number(port))),
  );
  return [
    [`closes.${name}`, policyTypes.join(' ')],
    ...(opens.length === 0 ? [] : [[`opens.${name}`, opens.join(' ')] as [string, string]]),
    ...(asksDns ? [[`dns.${name}`, dnsPorts.join(' ')] as [string, string]] : []),
  ];
}
