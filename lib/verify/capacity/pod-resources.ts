import { hasFeature } from '../../model/versions';
import type { JsonObject } from '../emitted';
import type { PodContainer, PodTemplate } from '../pods';
import { containersOf } from '../pods';
import { objectOf, textOf } from '../read';
import type { Bounded, LimitItem } from './limit-range';
import type { ResourceList } from './resource-list';
import { addLists, maxLists, NO_RESOURCES, readResourceList, withMissing } from './resource-list';

/** A container and what it has once the API server has filled in the defaults. */
export interface BoundedContainer extends Bounded, PodContainer {
  readonly name: string;
}

/** A pod's containers, and the pod as one. */
export interface BoundedPod {
  readonly containers: readonly BoundedContainer[];
  /** For the scheduler and for quotas: with the pod's overhead. */
  readonly charged: Bounded;
  /** For a LimitRange, which leaves the overhead out. */
  readonly bare: Bounded;
  /** Whether resources of the whole pod are said: then no container has to say its own. */
  readonly saysOwnResources: boolean;
}

/** Resources that can be said of a pod as a whole. */
const POD_LEVEL = /^(cpu|memory)$|^hugepages-/;

/**
 * What a pod asks for and may use, as the server counts it: the sum of its containers and sidecars,
 * or the most that an init container needs beside the sidecars before it, if that is more.
 * Containers without requests get their limits, then the namespace's defaults.
 * @see https://kep.k8s.io/753
 * @see https://github.com/kubernetes/component-helpers/blob/v0.37.2/resource/helpers.go
 */
export function boundedPod(
  template: Pick<PodTemplate, 'spec' | 'path'>,
  items: readonly LimitItem[],
  minor: number,
): BoundedPod {
  const containers = containersOf(template)
    .filter(({ list }) => list !== 'ephemeralContainers')
    .map((container) => withDefaults(container, items));
  const sums: Bounded = {
    requests: sumOf(containers, ({ requests }) => requests),
    limits: sumOf(containers, ({ limits }) => limits),
  };
  const own = hasFeature(minor, 'podLevelResources') ? ownResources(template.spec, sums, containers, minor) : undefined;
  const level: Bounded = {
    requests: over(sums.requests, own?.requests),
    limits: over(sums.limits, own?.limits),
  };
  const overhead = readResourceList(template.spec['overhead']);
  return {
    containers,
    bare: {
      requests: over(sums.requests, withoutHugePages(own?.requests)),
      limits: over(sums.limits, withoutHugePages(own?.limits)),
    },
    charged: {
      requests: addLists(level.requests, overhead),
      limits: new Map(
        [...level.limits].map(([name, limit]) => [name, limit === 0n ? limit : limit + (overhead.get(name) ?? 0n)]),
      ),
    },
    saysOwnResources: own !== undefined,
  };
}

function withDefaults(container: PodContainer, items: readonly LimitItem[]): BoundedContainer {
  const resources = objectOf(container.container['resources']);
  let limits = readResourceList(resources['limits']);
  let requests = withMissing(readResourceList(resources['requests']), limits);
  // Items of one LimitRange are merged, the later one counts; the first LimitRange comes first.
  for (const range of new Set(items.map((item) => item.range))) {
    const own = items.filter((item) => item.range === range && item.type === 'Container');
    limits = withMissing(limits, new Map(own.flatMap((item) => [...item.defaultLimit])));
    requests = withMissing(requests, new Map(own.flatMap((item) => [...item.defaultRequest])));
  }
  return { ...container, name: textOf(container.container['name']) ?? '', requests, limits };
}

function sumOf(containers: readonly BoundedContainer[], pick: (c: BoundedContainer) => ResourceList): ResourceList {
  let sidecars = NO_RESOURCES;
  let starting = NO_RESOURCES;
  for (const container of containers.filter(({ list }) => list === 'initContainers')) {
    const now = addLists(sidecars, pick(container));
    if (container.isSidecar) sidecars = now;
    starting = maxLists(starting, now);
  }
  const running = containers.filter(({ list }) => list === 'containers').map(pick);
  return maxLists(addLists(...running, sidecars), starting);
}

/**
 * Resources of the whole pod, and what the server adds to them: requests that are not said are those
 * of the containers, where there are some, else the limits. Since 1.37 limits that are not said are
 * those of the containers, if all of them have one, but not less than the request.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/api/pod/util.go DefaultPodLevelResources
 */
function ownResources(
  spec: JsonObject,
  sums: Bounded,
  containers: readonly Bounded[],
  minor: number,
): Bounded | undefined {
  const said = objectOf(spec['resources']);
  const some = (list: ResourceList, names: RegExp): ResourceList =>
    new Map([...list].filter(([name]) => names.test(name)));
  const saidLimits = some(readResourceList(said['limits']), POD_LEVEL);
  const saidRequests = some(readResourceList(said['requests']), POD_LEVEL);
  if (saidLimits.size + saidRequests.size === 0) return undefined;
  const hugePages = [...some(sums.limits, /^hugepages-/)].filter(([name]) => !saidRequests.has(name));
  const limits = withMissing(saidLimits, new Map(hugePages));
  const completesLimits = hasFeature(minor, 'podLevelLimits');
  if (limits.size === 0 && !completesLimits) return { limits, requests: saidRequests };
  const requests = withMissing(withMissing(saidRequests, some(sums.requests, /^(cpu|memory)$/)), limits);
  if (!completesLimits) return { limits, requests };
  const added = [...requests].flatMap(([name, request]): [string, bigint][] => {
    const sum = sums.limits.get(name);
    if (limits.has(name) || sum === undefined || !containers.every((one) => one.limits.has(name))) return [];
    return [[name, sum > request ? sum : request]];
  });
  return { limits: withMissing(limits, new Map(added)), requests };
}

function over(list: ResourceList, stronger: ResourceList | undefined): ResourceList {
  return withMissing(stronger ?? NO_RESOURCES, list);
}

function withoutHugePages(list: ResourceList | undefined): ResourceList {
  return new Map([...(list ?? NO_RESOURCES)].filter(([name]) => !name.startsWith('hugepages-')));
}
