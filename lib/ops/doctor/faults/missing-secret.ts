import type { Fault, Found } from '../finding';
import type { KubernetesSnapshot } from '../kubernetes-snapshot';
import { componentOf, isOurs, kubectl, lower, ofKind, reapply, titleOf, workloads } from '../live';
import type { ContainerSpec, Workload } from '../objects';
import { distinct, oneLine } from '../text';

/** A Secret, a ConfigMap or one key of them, that a container reads. */
interface Need {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string | undefined;
  readonly user: Workload;
}

/** What containers read and is not there; also where those that run have read it in time. */
export const missingSecret: Fault = {
  code: 'TARS7303',
  title: 'a Secret, a ConfigMap or a variable that is missing',
  why: 'A container that reads it does not start. One that runs has it still, until it is started again.',
  kubernetes: (snapshot) => {
    const groups = new Map<string, Need[]>();
    for (const need of needsOf(snapshot)) {
      const title = `${need.kind}/${need.name}`;
      if (isMissing(need, snapshot)) groups.set(title, [...(groups.get(title) ?? []), need]);
    }
    return [...groups].map(([title, needs]) => missing(title, needs, snapshot));
  },
  compose: ({ refusal, file }) => {
    if (refusal === undefined) return [];
    const [, name] = /required variable (\S+) is missing a value/.exec(refusal) ?? [];
    return [
      {
        object: name === undefined ? file : `compose/.env ${name}`,
        rank: 'cause',
        components: [],
        message:
          name === undefined ? 'Compose cannot read this project' : 'the compose file asks for it, and it has no value',
        evidence: [oneLine(refusal)],
        cause: name === undefined ? 'see what it says' : 'the file .env does not say it',
        remedies: name === undefined ? [`docker compose -f ${file} config --quiet`] : ['tars secrets init'],
      },
    ];
  },
};

function missing(title: string, needs: readonly Need[], snapshot: KubernetesSnapshot): Found {
  const users = distinct(needs.map(({ user }) => titleOf(user)));
  const [first] = needs;
  const name = first?.name ?? '';
  const isThere = exists(first, snapshot);
  const keys = distinct(needs.map(({ key }) => key));
  const isSecret = first?.kind === 'Secret';
  return {
    object: title,
    rank: 'cause',
    components: distinct(needs.map(({ user }) => templateComponent(user))),
    affected: users,
    message: isThere ? `it has no key ${keys.join(', ')}` : 'it does not exist',
    evidence: [`read by ${users.join(', ')}${keys.length > 0 ? `: ${keys.join(', ')}` : ''}`],
    cause: isThere
      ? `somebody has taken ${keys.length === 1 ? 'the key' : 'these keys'} out, or it was made for an older version`
      : 'it was never applied, or somebody has deleted it',
    remedies: [
      ...(isSecret ? ['tars synth'] : []),
      // An immutable one cannot be changed in place.
      ...(isThere && isSecret ? [kubectl(snapshot, `delete secret ${name}`)] : []),
      reapply(snapshot),
      ...distinct(needs.map(({ user }) => titleOf(user)))
        .filter((user) => !user.startsWith('Job/'))
        .map((user) => kubectl(snapshot, `rollout restart ${lower(user)}`)),
    ],
  };
}

function exists(need: Need | undefined, { secrets, objects }: KubernetesSnapshot): boolean {
  if (need === undefined) return false;
  if (need.kind === 'Secret') return secrets !== undefined && need.name in secrets;
  return ofKind(objects, 'ConfigMap').some(({ metadata }) => metadata.name === need.name);
}

function isMissing(need: Need, snapshot: KubernetesSnapshot): boolean {
  const { secrets, objects, unread } = snapshot;
  if (need.kind === 'Secret' && secrets === undefined) return false;
  if (unread.includes(need.kind)) return false;
  if (!exists(need, snapshot)) return true;
  if (need.key === undefined) return false;
  if (need.kind === 'Secret') return secrets?.[need.name]?.includes(need.key) !== true;
  const map = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === need.name);
  return !(need.key in { ...map?.data, ...map?.binaryData });
}

/** Jobs that are done read nothing any more. */
function needsOf(snapshot: KubernetesSnapshot): readonly Need[] {
  return workloads(snapshot)
    .filter((one) => isOurs(one) && !(one.kind === 'Job' && (one.status?.active ?? 0) === 0))
    .flatMap((user) => {
      const { spec } = user.spec.template;
      const containers = [...(spec.initContainers ?? []), ...spec.containers];
      const volumes = (spec.volumes ?? []).flatMap(({ secret, configMap }): Need[] => [
        ...(secret?.secretName === undefined || secret.optional === true
          ? []
          : [{ kind: 'Secret' as const, name: secret.secretName, key: undefined, user }]),
        ...(configMap?.name === undefined || configMap.optional === true
          ? []
          : [{ kind: 'ConfigMap' as const, name: configMap.name, key: undefined, user }]),
      ]);
      return [...containers.flatMap((container) => readBy(container, user)), ...volumes];
    });
}

function readBy({ env = [], envFrom = [] }: ContainerSpec, user: Workload): Need[] {
  const references = [
    ...env.flatMap(({ valueFrom }) => [
      { kind: 'Secret' as const, reference: valueFrom?.secretKeyRef },
      { kind: 'ConfigMap' as const, reference: valueFrom?.configMapKeyRef },
    ]),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => [
      { kind: 'Secret' as const, reference: secretRef },
      { kind: 'ConfigMap' as const, reference: configMapRef },
    ]),
  ];
  return references.flatMap(({ kind, reference }) =>
    reference?.name === undefined || reference.optional === true
      ? []
      : [{ kind, name: reference.name, key: reference.key, user }],
  );
}

function templateComponent(user: Workload): string {
  return user.spec.template.metadata?.labels?.['component'] ?? componentOf(user);
}
