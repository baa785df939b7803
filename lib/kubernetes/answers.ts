import type { Issue } from '../model/issues';
import type {
  Access,
  ClaimVolume,
  Health,
  Port,
  Resources,
  RunAs,
  ScratchVolume,
  ServiceSpec,
  Stop,
  Task,
} from '../model/service-spec';

/**
 * What Kubernetes makes of one field of the model. A test changes each field and holds the manifests
 * against the answer: they change if and only if it says `rendered`.
 */
export type Answer<S> =
  | 'rendered'
  /** It has no meaning here, or another field's answer holds it. */
  | { readonly needless: string }
  /** It matters and Kubernetes cannot express it: the user is told, when it was said. */
  | { readonly cannot: string; readonly when: (whole: S) => boolean };

/** One answer for every field: a field added to the model does not compile until it has one. */
export type Answers<S> = { readonly [K in keyof S]-?: Answer<S> };

export const SERVICE: Answers<ServiceSpec> = {
  path: { needless: 'where it stands in the construct tree' },
  name: 'rendered',
  chart: 'rendered',
  prefix: 'rendered',
  namespace: 'rendered',
  composeName: { needless: 'a name on Compose' },
  profiles: {
    cannot: 'switch a service off by a profile: it is always deployed',
    when: (spec) => spec.profiles.length > 0,
  },
  image: 'rendered',
  entrypoint: 'rendered',
  command: 'rendered',
  env: 'rendered',
  configMapName: 'rendered',
  files: 'rendered',
  ports: 'rendered',
  health: 'rendered',
  resources: 'rendered',
  volumes: 'rendered',
  runAs: 'rendered',
  workload: 'rendered',
  stop: 'rendered',
  access: 'rendered',
  links: 'rendered',
  peers: 'rendered',
  internet: 'rendered',
  metrics: 'rendered',
  tasks: 'rendered',
  development: { needless: 'Kubernetes runs production' },
  gpu: 'rendered',
  connections: { needless: 'a fact for the proof that connections suffice' },
  overrides: 'rendered',
};

export const PORT: Answers<Port> = {
  name: 'rendered',
  number: 'rendered',
  protocol: 'rendered',
  publish: { needless: 'a port of the machine on which Compose runs; here the Service is the door' },
  openTo: 'rendered',
};

export const HEALTH: Answers<Health> = {
  startup: 'rendered',
  readiness: 'rendered',
  liveness: 'rendered',
  compose: { needless: "Compose's own check" },
};

export const RESOURCES: Answers<Resources> = {
  cpuRequestMillis: 'rendered',
  cpuLimitMillis: 'rendered',
  memoryRequestMiB: 'rendered',
  memoryLimitMiB: 'rendered',
  storageRequestMiB: 'rendered',
  storageLimitMiB: 'rendered',
};

export const CLAIM: Answers<ClaimVolume> = {
  kind: 'rendered',
  name: 'rendered',
  mountPath: 'rendered',
  sizeMiB: 'rendered',
  accessMode: 'rendered',
  storageClass: 'rendered',
  per: 'rendered',
  claimName: 'rendered',
  composeMountPath: { needless: 'a path on Compose' },
  readOnly: 'rendered',
};

export const SCRATCH: Answers<ScratchVolume> = {
  kind: 'rendered',
  name: 'rendered',
  mountPath: 'rendered',
  sizeMiB: 'rendered',
  medium: 'rendered',
  composeStorage: { needless: 'where Compose keeps it' },
};

export const RUN_AS: Answers<RunAs> = {
  uid: 'rendered',
  gid: 'rendered',
  readOnlyRoot: 'rendered',
  composeUser: { needless: 'the user on Compose' },
  httpClient: { needless: 'the kubelet asks by itself' },
};

export const STOP: Answers<Stop> = {
  signal: {
    cannot: 'send another stop signal than the image names: its Dockerfile must have the same STOPSIGNAL',
    when: (stop) => stop.signal !== undefined,
  },
  graceSeconds: 'rendered',
  preStopSeconds: 'rendered',
};

export const ACCESS: Answers<Access> = {
  kind: 'rendered',
  headlessName: 'rendered',
  sessionAffinity: 'rendered',
  allowedCidrs: 'rendered',
  trafficDistribution: 'rendered',
  balancing: 'rendered',
};

export const TASK: Answers<Task> = {
  name: 'rendered',
  command: 'rendered',
  env: 'rendered',
  blocksStart: { needless: 'readiness tells, and the service retries: nothing waits on Kubernetes' },
  internet: 'rendered',
  volumes: 'rendered',
  sharesLinks: 'rendered',
  resources: 'rendered',
  staysOnCompose: { needless: "a matter of Compose's `up --wait`" },
};

/** What Kubernetes cannot express of a service, for the user to know. */
export function kubernetesNotices(spec: ServiceSpec): Issue[] {
  // Images of others bring their own stop signal; what is said about them repeats it for Compose.
  const stop = spec.image.kind === 'build' ? notices(STOP, spec.stop, `${spec.path}.stop`) : [];
  return [...notices(SERVICE, spec, spec.path), ...stop];
}

function notices<S>(answers: Answers<S>, whole: S, path: string): Issue[] {
  return Object.entries<Answer<S>>(answers).flatMap(([field, answer]): Issue[] => {
    if (answer === 'rendered' || !('cannot' in answer) || !answer.when(whole)) return [];
    return [
      {
        code: 'TARS3005',
        severity: 'notice',
        path: `${path}.${field}`,
        message: `kubernetes cannot ${answer.cannot}`,
        remedy: 'nothing to do if that is what you expect',
      },
    ];
  });
}
