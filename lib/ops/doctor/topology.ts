import { prefixed } from '../../model/names';
import type { ServiceSpec } from '../../model/service-spec';
import type { SystemModel } from '../../model/system-model';

/** A connection that the model says, as both targets name its end. */
export interface Link {
  /** Names of components. */
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly kubernetesHost: string;
  readonly composeHost: string;
}

/** A part of the system. */
export interface Component {
  /** As the label `component` says it. */
  readonly name: string;
  /** `Deployment/tars-backend`. */
  readonly workload: string;
  readonly composeName: string;
}

/** Who is there, and who needs whom. */
export interface Topology {
  readonly components: readonly Component[];
  readonly links: readonly Link[];
  /** Beside the links: a service needs its task, a task what its service needs. */
  readonly needs: readonly { readonly client: string; readonly server: string }[];
}

const KINDS = { deployment: 'Deployment', 'stateful-set': 'StatefulSet', 'cron-job': 'CronJob' } as const;

/** The parts of a system and their connections. What is not ours, and the internet, is nobody's to try. */
export function topologyOf(model: SystemModel): Topology {
  const links = model.links.flatMap(({ client, target }): Link[] => {
    if (target.kind !== 'service') return [];
    const { spec, port } = target;
    return [
      {
        client: client.name,
        server: spec.name,
        port: port.number,
        kubernetesHost: nameOf(spec),
        composeHost: spec.composeName,
      },
    ];
  });
  const tasks = model.services.flatMap((spec) =>
    spec.tasks.map((task) => ({ of: spec.name, name: `${spec.name}-${task.name}` })),
  );
  return {
    components: model.services.map((spec) => ({
      name: spec.name,
      workload: `${KINDS[spec.workload.kind]}/${nameOf(spec)}`,
      composeName: spec.composeName,
    })),
    links: unique(links),
    needs: tasks.flatMap(({ of, name }) => [
      { client: of, server: name },
      ...links.filter(({ client }) => client === of).map(({ server }) => ({ client: name, server })),
    ]),
  };
}

function nameOf(spec: ServiceSpec): string {
  return prefixed(spec.prefix, spec.name);
}

/** An endpoint may be named by several variables. */
function unique(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [`${link.client} ${link.server} ${link.port}`, link])).values()];
}
