import { listOf, numberOf, objectOf, textOf } from '../read';
import type { Axis, Fact, Pair } from './difference';
import { fact } from './difference';
import { containerPath, servicePath } from './pairs';

/**
 * Ports that the process listens on. A compose file names only those that are published; which they
 * are it says by the service itself, or by the gateway's configuration.
 */
export const ports: Axis = {
  name: 'ports',
  kubernetes: (pair) => {
    const published = publishedIn(pair);
    const declared = listOf(pair.container.container['ports']).map((value, index): [string, Fact] => {
      const port = objectOf(value);
      const key = `${numberOf(port['containerPort']) ?? 0}/${textOf(port['protocol']) ?? 'TCP'}`;
      return [key, fact('open', () => containerPath(pair, 'ports', index))];
    });
    return new Map(declared.filter(([key]) => published.has(key)));
  },
  compose: publishedIn,
};

function publishedIn({ outputs, name, ...pair }: Pair): Map<string, Fact> {
  const { networks, upstreams, compose } = outputs;
  const path = (index: number): string => servicePath({ ...pair, outputs, name }, 'ports', index);
  const own = networks.published.get(name) ?? [];
  return new Map<string, Fact>([
    ...[...(upstreams.get(name) ?? [])].map((port): [string, Fact] => [
      `${port}/TCP`,
      fact('open', () => `${compose.file} the gateway's configuration`),
    ]),
    ...own.map(({ target, protocol, index }): [string, Fact] => [
      `${target}/${protocol}`,
      fact('open', () => path(index)),
    ]),
  ]);
}
