import type { Json, JsonObject } from '../emitted';
import { parseQuantity, UNIT } from '../../model/kubernetes-quantity';
import { isObject, listOf, numberOf, objectOf, scalarText, textOf } from '../read';
import { interpolateCompose } from './decoding';
import type { Axis, Fact, Facts } from './difference';
import { fact } from './difference';
import { composeBytes } from './mounts';
import { containerPath, servicePath } from './pairs';

/** What the process is promised, and how much it may use. */
export const resources: Axis = {
  name: 'resources',
  kubernetes: (pair) => {
    const said = objectOf(pair.container.container['resources']);
    const [requests, limits] = [objectOf(said['requests']), objectOf(said['limits'])];
    const at = (list: string, key: string) => (): string => containerPath(pair, 'resources', list, key);
    const gpus = Object.keys(limits).find((key) => key.endsWith('/gpu'));
    return factsOf({
      'memory limit': [mebibytes(quantity(limits['memory'])), at('limits', 'memory')],
      'memory request': [mebibytes(quantity(requests['memory'])), at('requests', 'memory')],
      'CPU request': [shares(requests['cpu']), at('requests', 'cpu')],
      'CPU limit': [cores(quantity(limits['cpu'])), at('limits', 'cpu')],
      GPUs: [gpus === undefined ? undefined : scalarText(limits[gpus]), at('limits', gpus ?? '')],
    });
  },
  compose: (pair) => {
    const said = objectOf(objectOf(pair.service['deploy'])['resources']);
    const [reservations, limits] = [objectOf(said['reservations']), objectOf(said['limits'])];
    const at = (list: string, key: string) => (): string => servicePath(pair, 'deploy', 'resources', list, key);
    const cpus = interpolateCompose(textOf(limits['cpus']) ?? String(numberOf(limits['cpus']) ?? ''));
    return factsOf({
      'memory limit': [mebibytes(composeBytes(limits['memory'])), at('limits', 'memory')],
      'memory request': [mebibytes(composeBytes(reservations['memory'])), at('reservations', 'memory')],
      'CPU request': [
        pair.service['cpu_shares'] === undefined ? undefined : `${String(numberOf(pair.service['cpu_shares']))} shares`,
        () => servicePath(pair, 'cpu_shares'),
      ],
      // 0 is no limit.
      'CPU limit': [Number(cpus) > 0 ? cores(Number(cpus)) : undefined, at('limits', 'cpus')],
      GPUs: [gpuCount(reservations), at('reservations', 'devices')],
    });
  },
};

function factsOf(values: Readonly<Record<string, readonly [value: string | undefined, path: () => string]>>): Facts {
  return new Map(
    Object.entries(values).flatMap(([key, [value, path]]): [string, Fact][] =>
      value === undefined ? [] : [[key, fact(value, path)]],
    ),
  );
}

function quantity(value: Json | undefined): number | undefined {
  const parsed = parseQuantity(value);
  return parsed === undefined ? undefined : Number(parsed) / Number(UNIT);
}

function mebibytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : `${bytes / 1024 ** 2}Mi`;
}

function cores(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value} cores`;
}

/** As the kubelet tells the kernel: 1024 for each core, 2 at least. */
function shares(value: Json | undefined): string | undefined {
  const amount = quantity(value);
  return amount === undefined ? undefined : `${Math.max(2, Math.floor(amount * 1024))} shares`;
}

function gpuCount(reservations: JsonObject): string | undefined {
  const device = listOf(reservations['devices']).find(
    (one) => isObject(one) && listOf(one['capabilities']).includes('gpu'),
  );
  return device === undefined ? undefined : scalarText(objectOf(device)['count']);
}
