import type { Json } from '../emitted';
import { isList, listOf, textOf } from '../read';
import { expandKubernetes, interpolateCompose } from './decoding';
import type { Axis, Fact, Facts } from './difference';
import { fact } from './difference';
import { quotable } from './environment';
import { containerPath, servicePath } from './pairs';

/** The command line of the process: what replaces the image's ENTRYPOINT, and what its CMD. */
export const command: Axis = {
  name: 'command',
  kubernetes: (pair) => {
    const { container } = pair.container;
    const known = quotable(pair);
    const words = (key: string): Json | undefined => {
      const said = container[key];
      return said === undefined ? undefined : listOf(said).map((word) => expandKubernetes(textOf(word) ?? '', known));
    };
    return factsOf({ entrypoint: words('command'), command: words('args') }, (key) =>
      containerPath(pair, key === 'entrypoint' ? 'command' : 'args'),
    );
  },
  compose: (pair) => {
    const words = (key: string): Json | undefined => {
      const said = pair.service[key];
      if (said === undefined || said === null) return undefined;
      // A text is split as a shell would; nothing is known to need more than spaces here.
      const list = isList(said) ? said.map((word) => textOf(word) ?? '') : (textOf(said) ?? '').split(/\s+/);
      return list.map(interpolateCompose);
    };
    return factsOf({ entrypoint: words('entrypoint'), command: words('command') }, (key) => servicePath(pair, key));
  },
};

function factsOf(words: Readonly<Record<string, Json | undefined>>, path: (key: string) => string): Facts {
  return new Map(
    Object.entries(words).flatMap(([key, value]): [string, Fact][] =>
      value === undefined ? [] : [[key, fact(JSON.stringify(value), () => path(key))]],
    ),
  );
}
