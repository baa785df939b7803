import type { Issue } from '../../model/issues';
import type { SystemModel } from '../../model/system-model';
import { componentsOf } from '../components';
import type { EmittedCompose, EmittedSet } from '../emitted';
import { objectName } from '../object-path';
import type { Proof } from '../proof';
import { namespaceOf } from '../read';
import { composeNetworks } from '../reachability/compose-networks';
import { gatewayService } from '../reachability/compose-world';
import { ALLOWED } from './allowed';
import type { AllowedDifference, DifferenceOf } from './allowed-difference';
import { command } from './command';
import { connectedComponents, connections } from './connections';
import type { Axis, AxisName, Difference, Outputs } from './difference';
import { differencesOf } from './difference';
import { environment, secrets } from './environment';
import { health } from './health';
import { sameButHosts } from './host-names';
import { image } from './image';
import { files, mounts } from './mounts';
import { order } from './order';
import { pairsOf } from './pairs';
import { ports } from './ports';
import { resources } from './resources';
import { user } from './user';

/** Every respect in which a pair is compared. */
const COMPARED: readonly Axis[] = [
  image,
  command,
  environment,
  ports,
  mounts,
  files,
  health,
  order,
  user,
  resources,
  secrets,
  connections,
];

const FOUND: Readonly<Record<AxisName, Pick<Issue, 'code' | 'severity'>>> = {
  components: { code: 'TARS6401', severity: 'warning' },
  image: { code: 'TARS6402', severity: 'warning' },
  command: { code: 'TARS6403', severity: 'warning' },
  environment: { code: 'TARS6404', severity: 'warning' },
  ports: { code: 'TARS6405', severity: 'warning' },
  mounts: { code: 'TARS6406', severity: 'warning' },
  files: { code: 'TARS6407', severity: 'warning' },
  health: { code: 'TARS6408', severity: 'warning' },
  order: { code: 'TARS6409', severity: 'warning' },
  user: { code: 'TARS6410', severity: 'warning' },
  resources: { code: 'TARS6411', severity: 'warning' },
  secrets: { code: 'TARS6412', severity: 'warning' },
  reachability: { code: 'TARS6413', severity: 'warning' },
};

/** The two outputs are one system: whatever differs between them is meant, and says why. */
export const parity: Proof = {
  name: 'parity',
  summary: 'Kubernetes and Compose run the same system',
  prove: ({ emitted, systems }) => comparisons(emitted, systems).flatMap(({ open }) => open.map(issueOf)),
  extent: ({ systems }) => {
    const count = componentsOf(systems).length;
    return `${count} component${count === 1 ? '' : 's'} in ${COMPARED.length + 1} respects`;
  },
};

/** What comparing one system came to. */
export interface Comparison {
  /** Components that both targets have. */
  readonly compared: number;
  /** Differences that nothing allows. */
  readonly open: readonly Difference[];
  /** Differences that are meant, each with the row of the table that allows it. */
  readonly allowed: readonly { readonly difference: Difference; readonly by: AllowedDifference }[];
}

/** Compares the two outputs of each system. */
export function comparisons(emitted: EmittedSet, systems: readonly SystemModel[]): readonly Comparison[] {
  const found = emitted.compose.flatMap((compose) => {
    const model = systems.find(({ path }) => path === compose.system);
    return model === undefined ? [] : [{ compose, model }];
  });
  if (found.length === 0) return [];
  const objects = new Map(
    emitted.manifests.map(({ object }) => [`${namespaceOf(object)}/${objectName(object)}`, object]),
  );
  const connected = connectedComponents(emitted, systems);
  return found.map(({ compose, model }) => compare(emitted, outputsOf(compose, model, objects, connected), model));
}

function outputsOf(
  compose: EmittedCompose,
  model: SystemModel,
  objects: Outputs['objects'],
  connected: Outputs['connected'],
): Outputs {
  const upstreams = new Map<string, Set<number>>();
  for (const [file, text] of Object.entries(compose.files)) {
    if (!file.startsWith('gateway/')) continue;
    // The gateway passes requests on to `server NAME:PORT`.
    for (const [, host = '', port] of text.matchAll(/\bserver\s+([\w.-]+):(\d+)/g)) {
      upstreams.set(host, (upstreams.get(host) ?? new Set()).add(Number(port)));
    }
  }
  return {
    objects,
    compose,
    networks: composeNetworks(compose),
    upstreams,
    connected,
    components: componentsOf([model]),
    gateway: gatewayService(model),
  };
}

function compare(emitted: EmittedSet, outputs: Outputs, model: SystemModel): Comparison {
  const hosts = sameButHosts(model);
  const { pairs, alone } = pairsOf(emitted, outputs);
  const open: Difference[] = [];
  const allowed: { difference: Difference; by: AllowedDifference }[] = [];
  const sort = (difference: Difference, subject: DifferenceOf): void => {
    const by = ALLOWED.find((row) => row.axis === difference.axis && row.covers(difference, subject, hosts));
    if (by === undefined) open.push(difference);
    else allowed.push({ difference, by });
  };
  for (const { component, ...difference } of alone) sort(difference, { outputs, component });
  for (const pair of pairs) {
    for (const axis of COMPARED) for (const difference of differencesOf(axis, pair)) sort(difference, pair);
  }
  return { compared: pairs.length, open, allowed };
}

function issueOf({ axis, key, kubernetes, compose }: Difference): Issue {
  const said = (fact: Difference['compose']): string => (fact === undefined ? 'nothing' : shortened(fact.value));
  const other = kubernetes === undefined ? undefined : compose;
  return {
    ...FOUND[axis],
    path: (kubernetes ?? compose)?.path ?? key,
    message: `the two targets differ in ${axis === 'components' ? 'what there is' : axis}: ${key}`,
    given: `Kubernetes: ${said(kubernetes)}; Compose: ${said(compose)}${other === undefined ? '' : ` (${other.path})`}`,
    allowed: 'the same on both targets',
    remedy: 'say it in the model, which both are made of, instead of patching or overriding one of them',
  };
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
