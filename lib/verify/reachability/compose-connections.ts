import type { Issue } from '../../model/issues';
import { composePath } from '../object-path';
import type { ComposeWorld } from './compose-world';
import { canPublish, leadsOut, meet } from './compose-networks';

/** What the model needs and the networks of a compose file do not let through. */
export function closedOnCompose(world: ComposeWorld): readonly Issue[] {
  const { networks, file } = world;
  const exists = (service: string): boolean => networks.networksOf.has(service);
  const path = (service: string): string => composePath(file, ['services', service, 'networks']);
  const links = [...world.servers].flatMap(([client, servers]) =>
    [...servers]
      .filter((server) => client !== server && exists(client) && exists(server) && !meet(networks, client, server))
      .map((server): Issue => ({
        code: 'TARS6305',
        severity: 'error',
        path: path(client),
        message: `${client} links to ${server}, and the two share no network`,
        given: `${client}: ${listed(networks.networksOf.get(client))}; ${server}: ${listed(networks.networksOf.get(server))}`,
        allowed: 'a network that both are on',
        remedy: 'put both on one network, or take the link out of the model',
      })),
  );
  const outward = [...world.outward]
    .filter((service) => exists(service) && !leadsOut(networks, service))
    .map((service): Issue => ({
      code: 'TARS6305',
      severity: 'error',
      path: path(service),
      message: `${service} connects to addresses outside, and none of its networks leads there`,
      given: listed(networks.networksOf.get(service)),
      allowed: 'a network that is not internal and masquerades',
      remedy: 'put it on such a network, or take internet, or the link to something outside, out of the model',
    }));
  return [...links, ...outward];
}

/** What the networks of a compose file let through and the model does not know. */
export function openOnCompose(world: ComposeWorld): readonly Issue[] {
  const { networks, file } = world;
  const shared = [...networks.members].flatMap(([network, members]) => {
    const pairs = strangersOn(world, members);
    const [first] = pairs.examples;
    if (first === undefined) return [];
    const more = pairs.count - 1;
    const issue: Issue = {
      code: 'TARS6306',
      severity: 'warning',
      path: composePath(file, ['networks', network]),
      message: `${first[0]} and ${first[1]}${more > 0 ? `, and ${more} more pairs,` : ''} share this network, and no link leads from one to the other`,
      given: members.join(', '),
      allowed: 'clients with their servers',
      remedy: 'give each link a network of its own, or say the link in the model',
    };
    return [issue];
  });
  const outward = [...networks.networksOf.keys()]
    .filter((service) => leadsOut(networks, service) && !world.outward.has(service))
    .map((service): Issue => {
      const network = networks.networksOf.get(service)?.find((one) => networks.leadOut.has(one));
      return {
        code: 'TARS6306',
        severity: 'warning',
        path: composePath(file, ['services', service, network === undefined ? 'network_mode' : 'networks']),
        message: `${service} reaches every address outside, and nothing in the model says so`,
        given: network ?? 'the network of the machine',
        allowed: 'internal networks, and networks without masquerading',
        remedy: 'make the network internal, or set internet in the model',
      };
    });
  return [...shared, ...outward];
}

/** Ports that are published otherwise than the model says, or cannot be. */
export function publishedOnCompose(world: ComposeWorld): readonly Issue[] {
  const { networks, file, publications } = world;
  const key = (service: string, one: { readonly target: number; readonly protocol: string }): string =>
    `${service} ${one.target}/${one.protocol}`;
  const meant = new Map(publications.map((one) => [key(one.service, one), one]));
  const found = new Set<string>();
  const issues: Issue[] = [];
  for (const [service, ports] of networks.published) {
    for (const port of ports) {
      found.add(key(service, port));
      const wanted = meant.get(key(service, port));
      const given = `${port.address ?? 'every address'}:${port.published ?? '(any)'} to ${port.target}/${port.protocol}`;
      const allowed =
        wanted === undefined
          ? 'no such port'
          : `${wanted.address}:${wanted.published} to ${port.target}/${port.protocol}`;
      if (wanted !== undefined && given === allowed) continue;
      issues.push({
        code: 'TARS6307',
        severity: 'warning',
        path: composePath(file, ['services', service, 'ports', port.index]),
        message:
          wanted === undefined
            ? `a port of ${service} is published that the model does not publish`
            : `a port of ${service} is published otherwise than the model says`,
        given,
        allowed,
        remedy: 'take it out of the override, or set publish in the model',
      });
    }
  }
  for (const one of publications) {
    const path = composePath(file, ['services', one.service, 'ports']);
    if (!networks.networksOf.has(one.service)) continue;
    const cannot = !networks.onHost.has(one.service) && !canPublish(networks, one.service);
    if (found.has(key(one.service, one)) && !cannot) continue;
    issues.push({
      code: 'TARS6307',
      severity: 'error',
      path,
      message: cannot
        ? `port ${one.target} of ${one.service} cannot be published: all of its networks are internal`
        : `port ${one.target} of ${one.service} is not published, and the model says that it is`,
      given: cannot ? listed(networks.networksOf.get(one.service)) : 'no such port',
      allowed: `${one.address}:${one.published} to ${one.target}/${one.protocol}`,
      remedy: cannot
        ? 'put the service on a network that is not internal'
        : 'leave the port in, or take publish out of the model',
    });
  }
  return issues;
}

/** Pairs on one network without a link: how many, and the first. */
function strangersOn(
  world: ComposeWorld,
  members: readonly string[],
): { readonly count: number; readonly examples: readonly (readonly [string, string])[] } {
  let count = 0;
  const examples: [string, string][] = [];
  members.forEach((a, index) => {
    for (const b of members.slice(index + 1)) {
      if (isLinked(world, a, b)) continue;
      count++;
      if (examples.length === 0) examples.push([a, b]);
    }
  });
  return { count, examples };
}

/** A task is on the networks of its service's links, so it meets its service there: they are one component. */
function isLinked({ servers, componentOf }: ComposeWorld, a: string, b: string): boolean {
  if (servers.get(a)?.has(b) === true || servers.get(b)?.has(a) === true) return true;
  const [left, right] = [componentOf(a), componentOf(b)];
  return left !== undefined && left.spec.path === right?.spec.path;
}

function listed(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? 'no network' : names.join(', ');
}
