import type { ComposeTarget } from '../model/compose-target';
import { composeTarget } from '../model/compose-target';
import { kubernetesName } from '../model/define-service';
import { Endpoint } from '../model/endpoint';
import { prefixed } from '../model/names';
import type { ServiceSpec, Task } from '../model/service-spec';
import type { SystemModel, Target } from '../model/system-model';
import { findTarget } from '../model/system-model';
import { endpointsOf } from '../model/value';
import type { PodTemplate } from './pods';

/** Something that runs: a service of the model, or one of its tasks. What it is called on each target. */
export interface Component {
  /** Construct path; a task's is its service's, `#` and its name. */
  readonly id: string;
  readonly model: SystemModel;
  readonly spec: ServiceSpec;
  /** undefined: the service itself. */
  readonly task: Task | undefined;
  readonly namespace: string;
  /** Name of the workload; a Job's has a hash behind it. */
  readonly kubernetesName: string;
  readonly composeName: string;
  /** What it connects to, each once; what leads to nothing is the rules' to report. */
  readonly targets: readonly Target[];
  /** Reaches the internet. */
  readonly internet: boolean;
}

/** Every component of the models, services and their tasks. */
export function componentsOf(models: readonly SystemModel[]): readonly Component[] {
  return models.flatMap((model) => {
    const links = new Map<string, Target[]>();
    for (const { client, target } of model.links) links.set(client.path, [...(links.get(client.path) ?? []), target]);
    return model.services.flatMap((spec): Component[] => {
      const service: Component = {
        id: spec.path,
        model,
        spec,
        task: undefined,
        namespace: spec.namespace ?? 'default',
        kubernetesName: kubernetesName(spec),
        composeName: spec.composeName,
        targets: onceEach(links.get(spec.path) ?? []),
        internet: spec.internet,
      };
      return [service, ...spec.tasks.map((task) => taskComponent(service, task))];
    });
  });
}

/** A task connects to what its own variables name, and where it shares them to what its service's links lead to. */
function taskComponent(service: Component, task: Task): Component {
  const { model, spec } = service;
  const own = task.env.flatMap(({ value }) => endpointsOf(value)).flatMap((one) => findTarget(model, one) ?? []);
  return {
    ...service,
    id: `${spec.path}#${task.name}`,
    task,
    kubernetesName: prefixed(spec.prefix, `${spec.name}-${task.name}`),
    composeName: `${spec.composeName}-${task.name}`,
    targets: onceEach(task.sharesLinks ? [...service.targets, ...own] : own),
    internet: task.internet,
  };
}

function onceEach(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.spec.path} ${target.port.name}`, target])).values()];
}

/** Where a component's targets are on Compose: something outside may have a stand-in there. */
export function composeTargetsOf({ model, targets }: Component): readonly ComposeTarget[] {
  return targets.flatMap((target): ComposeTarget[] => {
    if (target.kind === 'service') {
      const { spec: service, port } = target;
      return [{ host: service.composeName, port: port.number, service, external: undefined }];
    }
    const { chart, name } = target.spec;
    return [composeTarget(model, new Endpoint(name, target.port.name, chart)) ?? []].flat();
  });
}

const WORKLOADS: Readonly<Record<ServiceSpec['workload']['kind'], string>> = {
  deployment: 'Deployment',
  'stateful-set': 'StatefulSet',
  'cron-job': 'CronJob',
};

/**
 * Finds the pods of components by the names of what makes them, so that a pod whose labels are
 * wrong is known all the same.
 */
export class ComponentFinder {
  private readonly byName: ReadonlyMap<string, Component>;

  public constructor(components: readonly Component[]) {
    this.byName = new Map(
      components.map((component) => {
        const kind = component.task === undefined ? WORKLOADS[component.spec.workload.kind] : 'Job';
        return [`${component.namespace}/${kind}/${component.kubernetesName}`, component];
      }),
    );
  }

  public of({ kind, name, namespace }: PodTemplate): Component | undefined {
    // A Job's name ends with a hash of what it does.
    const plain = kind === 'Job' ? name.replace(/-[0-9a-f]{8}$/, '') : name;
    return this.byName.get(`${namespace}/${kind}/${plain}`);
  }
}
