import { maxReplicas } from '../model/capacity';
import type { ServiceSpec } from '../model/service-spec';
import type { SystemModel } from '../model/system-model';

/** What a node of the picture stands for. */
export type NodeKind = 'entry' | 'service' | 'state' | 'job' | 'external' | 'internet';

/** One box. */
export interface GraphNode {
  /** Unique in the graph; a construct path where it is a service. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly label: string;
  /** A second line: replicas, a schedule; undefined: none. */
  readonly detail: string | undefined;
  /** Nodes of one group stand together; undefined: on its own. */
  readonly group: string | undefined;
}

/** One arrow, from who connects to whom it connects to. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Ports and, from outside, paths. */
  readonly label: string;
  /** The client starts without waiting for the server. */
  readonly loose: boolean;
}

/** Who talks to whom in one system, as data. */
export interface Graph {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const INTERNET = 'internet';
const OUTSIDE = 'from outside';

/** The graph of a system: its services, what they link to, and how requests get in. */
export function graphOf(model: SystemModel): Graph {
  const services = model.services.map((spec) => serviceNode(spec, groupOf(spec, model)));
  const externals = model.externals
    .filter((external) =>
      model.links.some(({ target }) => target.kind === 'external' && target.spec.path === external.path),
    )
    .map(({ path, name, host }): GraphNode => ({
      id: path,
      kind: 'external',
      label: name,
      detail: host,
      group: undefined,
    }));
  const entries = [...routeEdges(model), ...loadBalancerEdges(model)];
  const entryNodes = [...new Map(entries.map(({ node }) => [node.id, node])).values()];
  const egress = model.services.filter((s) => s.internet || s.tasks.some((task) => task.internet));
  const internet: GraphNode[] =
    egress.length === 0
      ? []
      : [{ id: INTERNET, kind: 'internet', label: 'internet', detail: undefined, group: undefined }];
  return {
    title: model.path === '' ? 'app' : model.path,
    nodes: [...entryNodes, ...services, ...externals, ...internet],
    edges: merged([
      ...entries.map(({ edge }) => edge),
      ...linkEdges(model),
      ...egress.map(({ path }): GraphEdge => ({ from: path, to: INTERNET, label: '443', loose: true })),
    ]),
  };
}

/** Charts where there are several; else what is switched on together; else what kind of thing it is. */
function groupOf(spec: ServiceSpec, model: SystemModel): string {
  if (model.services.some(({ chart }) => chart !== spec.chart)) return spec.prefix === '' ? spec.chart : spec.prefix;
  const profile = spec.profiles.find((name) => model.services.filter((s) => s.profiles.includes(name)).length > 1);
  const kinds = { deployment: 'services', 'stateful-set': 'state', 'cron-job': 'jobs' } as const;
  return profile ?? kinds[spec.workload.kind];
}

function serviceNode(spec: ServiceSpec, group: string): GraphNode {
  const { kind } = spec.workload;
  return {
    id: spec.path,
    kind: kind === 'deployment' ? 'service' : kind === 'stateful-set' ? 'state' : 'job',
    label: spec.name,
    detail: detailOf(spec),
    group,
  };
}

function detailOf(spec: ServiceSpec): string | undefined {
  const { workload } = spec;
  if (workload.kind === 'cron-job') return workload.schedule;
  if (workload.scale.kind === 'auto') {
    return `${workload.scale.policy.minReplicas} to ${workload.scale.policy.maxReplicas} replicas`;
  }
  const replicas = maxReplicas(spec);
  return replicas === 1 ? undefined : `${replicas} replicas`;
}

function linkEdges(model: SystemModel): GraphEdge[] {
  return model.links.map(({ client, target, wait }) => ({
    from: client.path,
    to: target.spec.path,
    label: String(target.port.number),
    loose: wait === 'none' && target.kind === 'service',
  }));
}

interface Entry {
  readonly node: GraphNode;
  readonly edge: GraphEdge;
}

/** One entry for each host; of the paths to one port the shortest says enough. */
function routeEdges(model: SystemModel): Entry[] {
  return model.exposures.flatMap((exposure) => {
    const shortest = new Map<string, Entry & { path: string }>();
    for (const { host, path, endpoint } of exposure.routes) {
      const spec = model.services.find((s) => s.chart === endpoint.system && s.name === endpoint.service);
      const port = spec?.ports.find(({ name }) => name === endpoint.port);
      if (spec === undefined || port === undefined) continue;
      const key = `${host} ${spec.path} ${port.number}`;
      const known = shortest.get(key);
      if (known !== undefined && known.path.length <= path.length) continue;
      const id = `${exposure.path}/${host}`;
      shortest.set(key, {
        path,
        node: { id, kind: 'entry', label: host, detail: exposure.kind, group: OUTSIDE },
        edge: {
          from: id,
          to: spec.path,
          label: path === '/' ? `${port.number}` : `${path} ${port.number}`,
          loose: true,
        },
      });
    }
    return [...shortest.values()];
  });
}

function loadBalancerEdges(model: SystemModel): Entry[] {
  return model.services
    .filter(({ access }) => access.kind === 'load-balancer')
    .flatMap((spec) =>
      spec.ports.map(({ number }): Entry => {
        const id = `${spec.path}/load-balancer`;
        const detail = spec.access.allowedCidrs.length === 0 ? undefined : spec.access.allowedCidrs.join(', ');
        return {
          node: { id, kind: 'entry', label: 'load balancer', detail, group: OUTSIDE },
          edge: { from: id, to: spec.path, label: String(number), loose: true },
        };
      }),
    );
}

/** Several ports between the same two are one arrow. */
function merged(edges: readonly GraphEdge[]): GraphEdge[] {
  const known = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`;
    const before = known.get(key);
    const labels = before === undefined ? [] : before.label.split(', ');
    known.set(key, {
      ...edge,
      label: [...new Set([...labels, edge.label])].join(', '),
      loose: edge.loose && (before?.loose ?? true),
    });
  }
  return [...known.values()];
}
