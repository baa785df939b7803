// Pods of what was emitted, and what a person could do to them.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { podTemplatesOf } = require('../../../build/lib/verify/pods.js');

/** The pods that the controllers would make, as far as Pod Security looks at them. */
export function examplePods(emitted) {
  return podTemplatesOf(emitted).map(({ owner, kind, name, labels, annotations, spec }) => ({
    what: `${kind}/${name}`,
    pod: { labels, annotations, spec: withClaims(spec, owner.object) },
  }));
}

/** A StatefulSet's controller adds the volumes of its claims. */
function withClaims(spec, owner) {
  const claims = owner.kind === 'StatefulSet' ? (owner.spec.volumeClaimTemplates ?? []) : [];
  const names = claims.map(({ metadata }) => metadata.name);
  const rest = (spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  return {
    ...spec,
    volumes: [...rest, ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-asked` } }))],
  };
}

/** Changes one part of a pod, each of them for every container. */
const editing = (edit) => (pod) => {
  const copy = structuredClone(pod);
  edit(copy.spec, [...(copy.spec.initContainers ?? []), ...copy.spec.containers]);
  return copy;
};
const ofContainers = (fields) =>
  editing((_, containers) => {
    for (const one of containers) one.securityContext = { ...one.securityContext, ...fields };
  });

/** @type {Readonly<Record<string, (pod: any) => any>>} */
export const EDITS = {
  'no security context at all': editing((spec, containers) => {
    delete spec.securityContext;
    for (const one of containers) delete one.securityContext;
  }),
  'no security context of the pod': editing((spec) => {
    delete spec.securityContext;
  }),
  'the network of the node': editing((spec, containers) => {
    spec.hostNetwork = true;
    for (const one of containers) for (const port of one.ports ?? []) port.hostPort = port.containerPort;
  }),
  'processes of the node': editing((spec) => {
    spec.hostPID = true;
  }),
  'a directory of the node': editing((spec) => {
    spec.volumes.push({ name: 'node', hostPath: { path: '/var/run' } });
  }),
  'a port of the node': editing((_, [container]) => {
    container.ports = [...(container.ports ?? []), { name: 'node', containerPort: 9999, hostPort: 9999 }];
  }),
  privileged: ofContainers({ privileged: true, allowPrivilegeEscalation: true }),
  'escalation is not forbidden': ofContainers({ allowPrivilegeEscalation: undefined }),
  'a capability more': ofContainers({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }),
  'the capability of low ports': ofContainers({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
  'no capability dropped': ofContainers({ capabilities: {} }),
  'any system call': ofContainers({ seccompProfile: { type: 'Unconfined' } }),
  root: ofContainers({ runAsUser: 0, runAsNonRoot: false }),
};
