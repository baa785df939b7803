import { ceilDivide, parseQuantity, UNIT } from '../../model/kubernetes-quantity';
import type { Node, Taint } from './node';
import { HOSTNAME, ZONE } from './node';

/** Pods that a kubelet takes unless it is told otherwise. */
const PODS = 110;
/** Disk of a node that nobody speaks of, in bytes. */
const DISK = 100 * 1024 ** 3;
/** More nodes than this the scheduler does not look at one by one, and neither do we. */
const MOST_NODES = 100;

/** How nodes are written, for messages. */
export const NODES_FORMAT =
  'COUNTxCPUcpuMEMORY, e.g. "3x4cpu16Gi,1x8cpu64Gi:gpu=1:zone=b:taint=gpu@NoSchedule"; options: gpu=N, pods=N, ' +
  'disk=SIZE, zone=NAME[/NAME…], label=KEY=VALUE, taint=KEY[=VALUE]@EFFECT';

/** What was read, or why it could not be. */
export type ReadNodes =
  | { readonly ok: true; readonly nodes: readonly Node[] }
  | { readonly ok: false; readonly given: string; readonly problem: string };

/** Reads groups of nodes; the sizes are what pods may use, not what the machine has. */
export function readNodes(text: string): ReadNodes {
  const nodes: Node[] = [];
  for (const group of text.split(',').map((part) => part.trim())) {
    const read = readGroup(group, nodes.length);
    if (typeof read === 'string') return { ok: false, given: group, problem: read };
    nodes.push(...read);
    if (nodes.length > MOST_NODES) return { ok: false, given: text, problem: `more than ${MOST_NODES} nodes` };
  }
  if (nodes.length === 0) return { ok: false, given: text, problem: 'no node at all' };
  return { ok: true, nodes };
}

/** What a group's options say. */
interface Options {
  readonly allocatable: Record<string, number>;
  readonly labels: Record<string, string>;
  readonly taints: Taint[];
  zones: readonly string[];
}

function readGroup(group: string, before: number): readonly Node[] | string {
  const [size = '', ...words] = group.split(':');
  const match = /^(?:(\d{1,4})x)?(\d+(?:\.\d+)?m?)cpu(\d+(?:\.\d+)?[KMGTPE]?i?)$/.exec(size);
  if (match === null) return 'not a size of nodes';
  const [, count = '1', cpu, memory] = match;
  const [cores, bytes] = [parseQuantity(cpu), parseQuantity(memory)];
  if (cores === undefined || bytes === undefined) return 'not a size of nodes';
  const options: Options = {
    allocatable: {
      cpu: Number(cores / (UNIT / 1000n)),
      memory: Number(bytes / UNIT),
      'ephemeral-storage': DISK,
      pods: PODS,
    },
    labels: {},
    taints: [],
    zones: [],
  };
  for (const word of words) {
    const problem = readOption(word, options);
    if (problem !== undefined) return problem;
  }
  return Array.from({ length: Math.min(Number(count), MOST_NODES + 1) }, (_, i): Node => {
    const name = `node-${before + i + 1}`;
    const zone = options.zones[i % Math.max(1, options.zones.length)];
    return {
      name,
      labels: { [HOSTNAME]: name, ...(zone === undefined ? {} : { [ZONE]: zone }), ...options.labels },
      taints: options.taints,
      allocatable: options.allocatable,
    };
  });
}

/** Reads one option into the others; a text says what is wrong with it. */
function readOption(word: string, options: Options): string | undefined {
  const [key, ...rest] = word.split('=');
  const value = rest.join('=');
  switch (key) {
    case 'gpu':
    case 'pods':
      if (!/^\d{1,5}$/.test(value)) return `not a number: ${word}`;
      options.allocatable[key === 'gpu' ? 'nvidia.com/gpu' : 'pods'] = Number(value);
      return undefined;
    case 'disk': {
      const size = parseQuantity(value);
      if (size === undefined) return `not a size: ${word}`;
      options.allocatable['ephemeral-storage'] = Number(ceilDivide(size, UNIT));
      return undefined;
    }
    case 'zone':
      if (value === '') return `not a zone: ${word}`;
      options.zones = value.split('/');
      return undefined;
    case 'label': {
      const match = /^([^=]+)=(.*)$/.exec(value);
      if (match?.[1] === undefined) return `not a label: ${word}`;
      options.labels[match[1]] = match[2] ?? '';
      return undefined;
    }
    case 'taint': {
      const match = /^([^=@]+)(?:=([^@]*))?@(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(value);
      if (match?.[1] === undefined) return `not a taint: ${word}`;
      options.taints.push({ key: match[1], value: match[2] ?? '', effect: match[3] as Taint['effect'] });
      return undefined;
    }
    default:
      return `no such option: ${word}`;
  }
}
