import type { Component } from '../components';
import type { EmittedCompose, JsonObject } from '../emitted';
import type { PodContainer, PodTemplate } from '../pods';
import type { ComposeNetworks } from '../reachability/compose-networks';

/** In what respect the two outputs are compared. */
export const AXES = [
  'components',
  'image',
  'command',
  'environment',
  'ports',
  'mounts',
  'files',
  'health',
  'order',
  'user',
  'resources',
  'secrets',
  'reachability',
] as const;
export type AxisName = (typeof AXES)[number];

/** The two outputs of one system, ready to be asked. */
export interface Outputs {
  /** Objects by namespace, kind and name: `tars/ConfigMap/tars-config`. */
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly compose: EmittedCompose;
  readonly networks: ComposeNetworks;
  /** Ports that the gateway's configuration leads to, by the name of the service. */
  readonly upstreams: ReadonlyMap<string, ReadonlySet<number>>;
  /** Components that each component is connected with on Kubernetes, by id, and `internet`. */
  readonly connected: ReadonlyMap<string, ReadonlySet<string>>;
  readonly components: readonly Component[];
  /** Name of the gateway's service; undefined: the model has none. */
  readonly gateway: string | undefined;
}

/** A component on both targets. */
export interface Pair {
  readonly component: Component;
  readonly outputs: Outputs;
  readonly template: PodTemplate;
  readonly container: PodContainer;
  /** Name of the Compose service. */
  readonly name: string;
  readonly service: JsonObject;
}

/** What one target says, and where. */
export interface Fact {
  readonly value: string;
  readonly path: string;
}
export type Facts = ReadonlyMap<string, Fact>;

/** A fact whose path is written out only when somebody reads it: most facts are the same on both targets. */
export function fact(value: string, path: () => string): Fact {
  return {
    value,
    get path() {
      return path();
    },
  };
}

/** One respect: what each target says, each in its own words, made comparable. */
export interface Axis {
  readonly name: AxisName;
  readonly kubernetes: (pair: Pair) => Facts;
  readonly compose: (pair: Pair) => Facts;
}

/** The two outputs differ. */
export interface Difference {
  readonly axis: AxisName;
  /** What differs: the name of a variable, a path in the container, `memory limit`. */
  readonly key: string;
  /** undefined: one target has it not at all. */
  readonly kubernetes: Fact | undefined;
  readonly compose: Fact | undefined;
}

/** What differs in one respect. */
export function differencesOf({ name: axis, ...sides }: Axis, pair: Pair): readonly Difference[] {
  const [kubernetes, compose] = [sides.kubernetes(pair), sides.compose(pair)];
  const found: Difference[] = [];
  for (const [key, mine] of kubernetes) {
    const other = compose.get(key);
    if (mine.value !== other?.value) found.push({ axis, key, kubernetes: mine, compose: other });
  }
  for (const [key, other] of compose) {
    if (!kubernetes.has(key)) found.push({ axis, key, kubernetes: undefined, compose: other });
  }
  return found;
}
