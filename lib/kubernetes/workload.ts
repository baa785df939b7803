import { createHash } from 'node:crypto';
import { kubernetesName } from '../model/define-service';
import type { ServiceSpec } from '../model/service-spec';
import type { Json, k8s } from './json';
import { componentLabels, selectorLabels, taskComponent } from './labels';
import type { ModelSource, ObjectSpec } from './object-spec';
import { mergePatch } from './object-spec';
import { servicePod, taskPod } from './pod';
import { claimTemplates } from './storage';

/** The Deployment, StatefulSet or CronJob of a service. */
export function workloadObject(spec: ServiceSpec, model: ModelSource): ObjectSpec {
  const patch = (spec.overrides.kubernetes ?? {}) as { metadata?: { labels?: object; annotations?: object } };
  const kind = { deployment: 'Deployment', 'stateful-set': 'StatefulSet', 'cron-job': 'CronJob' }[spec.workload.kind];
  return {
    id: spec.workload.kind,
    apiVersion: spec.workload.kind === 'cron-job' ? 'batch/v1' : 'apps/v1',
    kind,
    name: kubernetesName(spec),
    labels: { ...componentLabels(spec), ...patch.metadata?.labels },
    annotations: { ...patch.metadata?.annotations },
    fields: {
      spec: () =>
        (
          mergePatch({ spec: workloadSpec(spec, model) }, { spec: (patch as { spec?: object }).spec ?? {} }) as {
            spec: unknown;
          }
        ).spec,
    },
  };
}

function workloadSpec(
  spec: ServiceSpec,
  model: ModelSource,
): Json<k8s.DeploymentSpec | k8s.StatefulSetSpec | k8s.CronJobSpec> {
  const { workload } = spec;
  const template = servicePod(model(), spec);
  const selector = { matchLabels: selectorLabels(spec) };
  if (workload.kind === 'cron-job') {
    return {
      schedule: workload.schedule,
      ...(workload.timeZone === undefined ? {} : { timeZone: workload.timeZone }),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { backoffLimit: 3, template } },
    };
  }
  // An autoscaler owns the number: each apply would set it back (decision D6).
  const replicas = workload.scale.kind === 'fixed' ? { replicas: workload.scale.replicas } : {};
  if (workload.kind === 'stateful-set') {
    const templates = claimTemplates(spec);
    return {
      ...replicas,
      serviceName: spec.access.headlessName ?? kubernetesName(spec),
      selector,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      template,
      ...(templates.length === 0 ? {} : { volumeClaimTemplates: templates }),
    };
  }
  return {
    ...replicas,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    selector,
    strategy:
      workload.strategy === 'Recreate'
        ? { type: 'Recreate' }
        : {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: workload.maxSurge, maxUnavailable: workload.maxUnavailable },
          },
    template,
  };
}

/**
 * Jobs of a service's tasks. A Job cannot be changed in place, so its name carries a hash of what
 * it does: another command or image is another Job.
 */
export function taskObjects(spec: ServiceSpec, model: ModelSource): ObjectSpec[] {
  return spec.tasks.map((task) => {
    const component = taskComponent(spec, task);
    const jobSpec = (): Json<k8s.JobSpec> => ({
      backoffLimit: 10,
      completions: 1,
      parallelism: 1,
      template: taskPod(model(), spec, task, component),
    });
    return {
      id: `job-${task.name}`,
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: () => `${kubernetesName(component)}-${contentHash(jobSpec())}`,
      labels: componentLabels(component),
      fields: { spec: jobSpec },
    };
  });
}

function contentHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
