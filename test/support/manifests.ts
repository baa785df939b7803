import type { Chart } from 'cdk8s';

/** A manifest as it was emitted. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** The objects of a chart. */
export function manifestsOf(...charts: readonly Chart[]): Manifest[] {
  return charts.flatMap((chart) => chart.toJson() as Manifest[]);
}

/** Names of all objects of one kind, sorted. */
export function namesOf(manifests: readonly Manifest[], kind: string): string[] {
  return manifests
    .filter((m) => m.kind === kind)
    .map((m) => m.metadata.name)
    .sort();
}

/**
 * The spec of one object.
 * @throws when there is none
 */
export function specOf(manifests: readonly Manifest[], kind: string, name: string): Readonly<Record<string, unknown>> {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (found === undefined) {
    throw new Error(`no ${kind} ${name}; there are: ${namesOf(manifests, kind).join(', ')}`);
  }
  return found.spec as Readonly<Record<string, unknown>>;
}

/** A container, as far as tests look at it. */
export interface ContainerJson {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
  }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>> & {
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly startupProbe?: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodJson {
  readonly containers: readonly ContainerJson[];
  readonly initContainers?: readonly ContainerJson[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly affinity?: Readonly<Record<string, unknown>>;
  readonly topologySpreadConstraints?: readonly object[];
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
}

/** A pod template, and the object that it stands in. */
export interface Template {
  readonly owner: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: PodJson;
}

interface TemplateJson {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodJson;
}

/** Every pod template: of Deployments, StatefulSets, Jobs and CronJobs. */
export function templatesOf(manifests: readonly Manifest[]): Template[] {
  return manifests.flatMap((owner): Template[] => {
    const spec = owner.spec as
      { template?: TemplateJson; jobTemplate?: { spec: { template: TemplateJson } } } | undefined;
    const template = spec?.template ?? spec?.jobTemplate?.spec.template;
    if (template === undefined) return [];
    const { labels, annotations = {} } = template.metadata;
    return [{ owner, labels, annotations, pod: template.spec }];
  });
}

/**
 * The template of one object.
 * @throws when there is none
 */
export function templateOf(manifests: readonly Manifest[], kind: string, name: string): Template {
  const found = templatesOf(manifests).find(({ owner }) => owner.kind === kind && owner.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}
