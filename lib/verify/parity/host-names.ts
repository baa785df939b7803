import { composeTarget } from '../../model/compose-target';
import { kubernetesName } from '../../model/define-service';
import { Endpoint } from '../../model/endpoint';
import type { SystemModel } from '../../model/system-model';

/** Whether two texts, of Kubernetes and of Compose, are one but for the host names in them. */
export type SameButHosts = (kubernetes: string, compose: string) => boolean;

/** A name with dots in it, as it stands in a URL or in a list. */
const NAME = /[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?/g;

/** Knows a system's Services, and its Compose services, by their names. */
export function sameButHosts(model: SystemModel): SameButHosts {
  const names = new Map<string, string>();
  for (const spec of model.services) {
    for (const name of [kubernetesName(spec), spec.access.headlessName]) {
      if (name === undefined) continue;
      names.set(name, spec.composeName);
      if (spec.namespace !== undefined) names.set(`${name}.${spec.namespace}.svc`, spec.composeName);
    }
  }
  for (const { chart, name, host, ports } of model.externals) {
    for (const port of ports) {
      const target = composeTarget(model, new Endpoint(name, port.name, chart));
      if (target === undefined) continue;
      names.set(host, target.host);
      names.set(`${host}:${port.number}`, `${target.host}:${target.port}`);
    }
  }
  const isSame = (ours: string, theirs: string): boolean => {
    if (ours === theirs || names.get(ours) === theirs) return true;
    const [[host = '', port], [other, otherPort]] = [ours.split(':'), theirs.split(':')];
    return port === otherPort && names.get(host) === other;
  };
  return (kubernetes, compose) => {
    const [left, right] = [kubernetes, compose].map((text) => [text.split(NAME), text.match(NAME) ?? []] as const);
    if (left === undefined || right === undefined) return false;
    return (
      left[1].length === right[1].length &&
      left[0].every((between, index) => between === right[0][index]) &&
      left[1].every((name, index) => isSame(name, right[1][index] ?? ''))
    );
  };
}
