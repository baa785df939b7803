import { createHash } from 'node:crypto';
import { kubernetesName } from '../model/define-service';
import { formatCpu, formatSize } from '../model/quantities';
import type { Resources, ServiceSpec, Stop, Volume } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';
import { imageReference } from '../model/system-model';
import { hasFeature } from '../model/versions';
import { configMapData, containerEnv, escapeExpansion, withEnv, writePlain } from './env';
import type { Container, EnvVar, PodSpec, PodTemplate, PodVolume } from './json';
import type { Component } from './labels';
import { componentLabels } from './labels';
import { containerProbes } from './probes';
import { scheduling } from './scheduling';
import { fileVolumes, podVolumes, volumeMounts } from './storage';

/** A pod as it is put together: what every pod of ours has, and what this one adds. */
interface PodParts {
  readonly model: SystemModel;
  readonly spec: ServiceSpec;
  readonly component: Component;
  readonly container: Container;
  readonly volumes: readonly Volume[];
  readonly pod: Partial<PodSpec>;
  readonly withFiles: boolean;
}

/** The template of a service's pods. */
export function servicePod(model: SystemModel, spec: ServiceSpec): PodTemplate {
  const container: Container = {
    ...commonContainer(model, spec, spec.name, resourceLists(spec.resources, spec.gpu)),
    ...(spec.entrypoint === undefined ? {} : { command: spec.entrypoint.map(escapeExpansion) }),
    ...(spec.command === undefined ? {} : { args: spec.command.map(escapeExpansion) }),
    ...environment(spec, containerEnv(model, spec, spec.env)),
    ...(spec.ports.length === 0
      ? {}
      : { ports: spec.ports.map((p) => ({ name: p.name, containerPort: p.number, protocol: p.protocol })) }),
    ...containerProbes(spec),
    ...preStop(spec.stop, model.settings.kubernetesMinor),
  };
  return podTemplate({
    model,
    spec,
    component: spec,
    container,
    volumes: spec.volumes,
    withFiles: true,
    pod: {
      terminationGracePeriodSeconds: spec.stop.graceSeconds,
      ...scheduling(spec, model.settings.kubernetesMinor),
      ...(spec.workload.kind === 'cron-job' ? { restartPolicy: 'OnFailure' } : {}),
    },
  });
}

/** The template of a pod that runs one command of a service's image to its end. */
export function taskPod(
  model: SystemModel,
  spec: ServiceSpec,
  task: ServiceSpec['tasks'][number],
  component: Component,
): PodTemplate {
  const mounted = spec.volumes.filter((v) => v.kind === 'scratch' || task.volumes.includes(v.name));
  const container: Container = {
    // No GPU: one that waited for the service's own would never start.
    ...commonContainer(model, spec, task.name, resourceLists(task.resources, undefined)),
    command: task.command.map(escapeExpansion),
    ...environment(spec, containerEnv(model, spec, withEnv(spec.env, task.env))),
  };
  const sharesStorage = mounted.some((v) => v.kind === 'claim' && v.accessMode === 'ReadWriteOnce');
  const beside: Partial<PodSpec> = {
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { app: spec.prefix, component: spec.name } },
            topologyKey: 'kubernetes.io/hostname',
          },
        ],
      },
    },
  };
  return podTemplate({
    model,
    spec,
    component,
    container,
    volumes: mounted,
    withFiles: false,
    pod: { restartPolicy: 'OnFailure', ...(sharesStorage ? beside : {}) },
  });
}

function commonContainer(
  model: SystemModel,
  spec: ServiceSpec,
  name: string,
  resources: NonNullable<Container['resources']>,
): Container {
  const { settings } = model;
  return {
    name,
    image: imageReference(settings, spec),
    imagePullPolicy: spec.image.kind === 'registry' ? spec.image.pullPolicy : settings.images.pullPolicy,
    resources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: spec.runAs.readOnlyRoot,
      runAsNonRoot: true,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

function resourceLists(resources: Resources, gpus: ServiceSpec['gpu']): NonNullable<Container['resources']> {
  const gpu = gpus === undefined ? {} : { 'nvidia.com/gpu': String(gpus.count) };
  return {
    requests: {
      cpu: formatCpu(resources.cpuRequestMillis),
      memory: formatSize(resources.memoryRequestMiB),
      'ephemeral-storage': formatSize(resources.storageRequestMiB),
      ...gpu,
    },
    limits: {
      cpu: formatCpu(resources.cpuLimitMillis),
      memory: formatSize(resources.memoryLimitMiB),
      'ephemeral-storage': formatSize(resources.storageLimitMiB),
      ...gpu,
    },
  };
}

function environment(spec: ServiceSpec, env: readonly EnvVar[]): Partial<Container> {
  return {
    ...(spec.configMapName === undefined ? {} : { envFrom: [{ configMapRef: { name: spec.configMapName } }] }),
    ...(env.length === 0 ? {} : { env }),
  };
}

/** A pause before the signal, so that the pod is out of the Service before it stops listening. */
function preStop(stop: Stop, minor: number): Partial<Container> {
  if (stop.preStopSeconds === 0) return {};
  const seconds = stop.preStopSeconds;
  return {
    lifecycle: {
      preStop: hasFeature(minor, 'sleepAction')
        ? { sleep: { seconds } }
        : { exec: { command: ['/bin/sh', '-c', `sleep ${seconds}`] } },
    },
  } as Partial<Container>;
}

function podTemplate({ model, spec, component, container, volumes, pod, withFiles }: PodParts): PodTemplate {
  const { runAs, gpu } = spec;
  const { pullSecret } = model.settings.images;
  const files = withFiles ? fileVolumes(spec) : { volumes: [], mounts: [] };
  const allVolumes = [...podVolumes(volumes), ...taskClaims(spec, volumes, withFiles), ...files.volumes];
  const mounts = [...volumeMounts(volumes), ...files.mounts];
  const checksum = configChecksum(model, spec, withFiles);
  return {
    metadata: {
      labels: componentLabels(component),
      ...(checksum === undefined ? {} : { annotations: { 'checksum/config': checksum } }),
    },
    spec: {
      serviceAccountName: kubernetesName(spec),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: runAs.uid,
        runAsGroup: runAs.gid,
        fsGroup: runAs.gid === 0 ? runAs.uid : runAs.gid,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(spec.image.kind === 'build' && pullSecret !== undefined ? { imagePullSecrets: [{ name: pullSecret }] } : {}),
      ...(gpu?.runtimeClassName === undefined ? {} : { runtimeClassName: gpu.runtimeClassName }),
      ...(gpu === undefined || gpu.tolerationKeys.length === 0
        ? {}
        : { tolerations: gpu.tolerationKeys.map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' })) }),
      ...pod,
      containers: [{ ...container, ...(mounts.length === 0 ? {} : { volumeMounts: mounts }) }],
      ...(allVolumes.length === 0 ? {} : { volumes: allVolumes }),
    },
  };
}

/** A task beside a StatefulSet of one replica mounts that replica's claim by its name. */
function taskClaims(spec: ServiceSpec, volumes: readonly Volume[], isReplica: boolean): PodVolume[] {
  if (isReplica) return [];
  return volumes.flatMap((v) =>
    v.kind === 'claim' && v.per === 'replica'
      ? [{ name: v.claimName, persistentVolumeClaim: { claimName: `${v.claimName}-${kubernetesName(spec)}-0` } }]
      : [],
  );
}

/** Rolls the pods when a ConfigMap that they read changes; a Secret's change is rotated on purpose (D23). */
function configChecksum(model: SystemModel, spec: ServiceSpec, withFiles: boolean): string | undefined {
  const files = withFiles ? spec.files.map((f) => [f.path, writePlain(model, spec, f.content)]) : [];
  const data = spec.configMapName === undefined ? {} : configMapData(model, spec);
  if (files.length === 0 && Object.keys(data).length === 0) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([data, files]))
    .digest('hex');
}
