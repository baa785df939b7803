import { show } from '../../../model/issues';
import { fieldPath } from '../../object-path';
import type { PodTemplate } from '../../pods';
import type { Keys } from '../../read';
import { listOf, textOf, valueAt } from '../../read';
import type { Finding, SecurityCheck } from '../check';

/** Kinds whose pods run on. */
const LASTING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** Who does not talk to the API server needs no key to it. */
export const tokenNotMounted: SecurityCheck = {
  code: 'TARS6508',
  severity: 'warning',
  title: 'a pod that carries a token of the API server',
  why: 'Whoever takes the process over can ask the API server with the rights of the pod.',
  remedy: 'set automountServiceAccountToken to false, and mount a projected token where one is needed',
  alsoIn: ['trivy KSV-0036', 'polaris automountServiceAccountToken'],
  find: ({ templates }) =>
    templates.flatMap((template) =>
      template.spec['automountServiceAccountToken'] === false
        ? []
        : [at(template, ['automountServiceAccountToken'], 'the token is mounted', 'false')],
    ),
};

/** The names of all Services do not belong in the environment. */
export const noServiceLinks: SecurityCheck = {
  code: 'TARS6509',
  severity: 'warning',
  title: 'a pod with the addresses of all Services in its environment',
  why: 'A Service called `redis` makes a variable REDIS_PORT=tcp://…, which breaks programs that read a number there, and thousands of Services keep a pod from starting.',
  remedy: 'set enableServiceLinks to false',
  alsoIn: ['kube-score environment-variable-key-duplication'],
  find: ({ templates }) =>
    templates.flatMap((template) =>
      template.spec['enableServiceLinks'] === false
        ? []
        : [at(template, ['enableServiceLinks'], 'every Service becomes variables', 'false')],
    ),
};

/** Rights are given to one workload. */
export const ownAccount: SecurityCheck = {
  code: 'TARS6510',
  severity: 'warning',
  title: 'a workload without a ServiceAccount of its own',
  why: 'A right that is given to one of them later is given to all that share the account.',
  remedy: 'make a ServiceAccount for each workload and name it in serviceAccountName',
  alsoIn: ['kube-linter default-service-account'],
  find: ({ templates }) => {
    const holders = new Map<string, PodTemplate>();
    return templates.flatMap((template): Finding[] => {
      const account = textOf(template.spec['serviceAccountName']);
      if (account === undefined || account === '' || account === 'default') {
        return [at(template, ['serviceAccountName'], 'the pod has the account of everybody', 'an account of its own')];
      }
      // A Job may have the account of the workload that it works for.
      if (!LASTING.includes(template.kind)) return [];
      const key = `${template.namespace}/${account}`;
      const first = holders.get(key);
      if (first === undefined) {
        holders.set(key, template);
        return [];
      }
      return [
        at(
          template,
          ['serviceAccountName'],
          `${first.kind} ${first.name} has this account as well`,
          'an account of its own',
        ),
      ];
    });
  },
};

/** Replicas are apart, as far as there is room. */
export const replicasApart: SecurityCheck = {
  code: 'TARS6511',
  severity: 'warning',
  title: 'replicas that may all stand on one node',
  why: 'One node that goes away takes all of them with it.',
  remedy: 'state both: a preferred podAntiAffinity on kubernetes.io/hostname, and a topologySpreadConstraint',
  alsoIn: [
    'kube-linter no-anti-affinity',
    'kube-score deployment-has-host-podantiaffinity',
    'polaris topologySpreadConstraint',
  ],
  find: ({ templates }) =>
    templates.flatMap((template): Finding[] => {
      if (!['Deployment', 'StatefulSet'].includes(template.kind) || (template.replicasAtMost ?? 1) < 2) return [];
      if (isBoundToOneNode(template)) return [];
      const found: Finding[] = [];
      const anti = ['affinity', 'podAntiAffinity'];
      const terms = [
        'preferredDuringSchedulingIgnoredDuringExecution',
        'requiredDuringSchedulingIgnoredDuringExecution',
      ].flatMap((list) =>
        listOf(valueAt(template.spec, [...anti, list])).map(
          (term) => valueAt(term, ['podAffinityTerm', 'topologyKey']) ?? valueAt(term, ['topologyKey']),
        ),
      );
      if (!terms.includes('kubernetes.io/hostname'))
        found.push(at(template, anti, 'nothing keeps the replicas off each other', 'a term on kubernetes.io/hostname'));
      if (listOf(template.spec['topologySpreadConstraints']).length === 0) {
        found.push(
          at(
            template,
            ['topologySpreadConstraints'],
            'nothing spreads the replicas',
            'a constraint with ScheduleAnyway',
          ),
        );
      }
      return found;
    }),
};

/** True where replicas share a volume that only one node can mount. */
export function isBoundToOneNode({ spec }: Pick<PodTemplate, 'spec'>): boolean {
  return listOf(valueAt(spec, ['affinity', 'podAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'])).some(
    (term) => valueAt(term, ['topologyKey']) === 'kubernetes.io/hostname',
  );
}

function at(template: PodTemplate, keys: Keys, message: string, allowed: string): Finding {
  const given = valueAt(template.spec, keys);
  return {
    ...{ path: fieldPath(template.owner.object, [...template.path, ...keys]), message, allowed },
    given: given === undefined ? undefined : show(given),
  };
}
