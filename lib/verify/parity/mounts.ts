import type { Json, JsonObject } from '../emitted';
import { fieldPath } from '../object-path';
import { isObject, listOf, numberOf, objectOf, textOf, textsOf } from '../read';
import { parseQuantity, UNIT } from '../../model/kubernetes-quantity';
import type { Axis, Fact, Facts, Pair } from './difference';
import { fact } from './difference';
import { objectNamed } from './environment';
import { containerPath, servicePath } from './pairs';

/** Places for files: what lasts, and what does not. */
export const mounts: Axis = { name: 'mounts', kubernetes: podMounts, compose: serviceMounts };

/** Texts that the process reads from files. */
export const files: Axis = { name: 'files', kubernetes: podFiles, compose: serviceFiles };

function podMounts(pair: Pair): Facts {
  const volumes = volumesOf(pair);
  return new Map(
    mountsOf(pair).flatMap(({ mount, index }): [string, Fact][] => {
      const volume = volumes.get(textOf(mount['name']) ?? '');
      if (volume?.['configMap'] !== undefined) return [];
      const readOnly = mount['readOnly'] === true ? ', read-only' : '';
      const value = kindOf(volume) + readOnly;
      return [[textOf(mount['mountPath']) ?? '', fact(value, () => containerPath(pair, 'volumeMounts', index))]];
    }),
  );
}

/** A claim template has the name of the mount. */
function kindOf(volume: JsonObject | undefined): string {
  if (volume === undefined || volume['persistentVolumeClaim'] !== undefined) return 'volume';
  const scratch = volume['emptyDir'];
  if (isObject(scratch)) {
    return `${scratch['medium'] === 'Memory' ? 'memory' : 'disk'} ${mebibytes(scratch['sizeLimit'])}`;
  }
  return JSON.stringify(volume);
}

function podFiles(pair: Pair): Facts {
  const volumes = volumesOf(pair);
  return new Map(
    mountsOf(pair).flatMap(({ mount }): [string, Fact][] => {
      const source = objectOf(volumes.get(textOf(mount['name']) ?? '')?.['configMap']);
      const map = objectNamed(pair, `ConfigMap/${textOf(source['name']) ?? ''}`);
      if (map === undefined) return [];
      const data = textsOf(map['data']);
      const said = listOf(source['items']).map(objectOf);
      const items =
        said.length > 0
          ? said.map((item): [string, string] => [textOf(item['key']) ?? '', textOf(item['path']) ?? ''])
          : Object.keys(data).map((key): [string, string] => [key, key]);
      const directory = (textOf(mount['mountPath']) ?? '').replace(/\/$/, '');
      const subPath = textOf(mount['subPath']);
      return items.flatMap(([key, path]): [string, Fact][] => {
        const value = data[key];
        if (value === undefined || (subPath !== undefined && subPath !== path)) return [];
        const place = subPath === undefined ? `${directory}/${path}` : directory;
        return [[place, fact(value, () => fieldPath(map, ['data', key]))]];
      });
    }),
  );
}

function mountsOf({ container: { container } }: Pair): { mount: JsonObject; index: number }[] {
  return listOf(container['volumeMounts']).map((value, index) => ({ mount: objectOf(value), index }));
}

function volumesOf({ template }: Pair): ReadonlyMap<string, JsonObject> {
  return new Map(
    listOf(template.spec['volumes'])
      .map(objectOf)
      .map((volume) => [textOf(volume['name']) ?? '', volume]),
  );
}

function serviceMounts(pair: Pair): Facts {
  const { service } = pair;
  const found = new Map<string, Fact>();
  listOf(service['volumes']).forEach((value, index) => {
    const { type, source, target, readOnly } = mountOf(value);
    if (type === 'bind' && contentOf(pair, source) !== undefined) return;
    const text = (type === 'bind' ? `bind ${source}` : type) + (readOnly ? ', read-only' : '');
    found.set(
      target,
      fact(text, () => servicePath(pair, 'volumes', index)),
    );
  });
  listOf(service['tmpfs']).forEach((value, index) => {
    const [target = '', options = ''] = (textOf(value) ?? '').split(':');
    const size = /(?:^|,)size=([^,]+)/.exec(options)?.[1];
    found.set(
      target,
      fact(`memory ${composeMebibytes(size)}`, () => servicePath(pair, 'tmpfs', index)),
    );
  });
  const shared = service['shm_size'];
  if (shared !== undefined) {
    found.set(
      '/dev/shm',
      fact(`memory ${composeMebibytes(shared)}`, () => servicePath(pair, 'shm_size')),
    );
  }
  return found;
}

function serviceFiles(pair: Pair): Facts {
  return new Map(
    listOf(pair.service['volumes']).flatMap((one, index): [string, Fact][] => {
      const { type, source, target } = mountOf(one);
      const value = type === 'bind' ? contentOf(pair, source) : undefined;
      return value === undefined ? [] : [[target, fact(value, () => servicePath(pair, 'volumes', index))]];
    }),
  );
}

/** The text of a file beside the compose file. */
function contentOf({ outputs: { compose } }: Pair, source: string): string | undefined {
  const path = source.replace(/^\.\//, '');
  return Object.hasOwn(compose.files, path) ? compose.files[path] : undefined;
}

interface Mount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** In the long form, or as `SOURCE:TARGET[:ro]`. */
function mountOf(value: Json): Mount {
  if (isObject(value)) {
    const type = textOf(value['type']) ?? 'volume';
    const [source, target] = [textOf(value['source']) ?? '', textOf(value['target']) ?? ''];
    return { type, source, target, readOnly: value['read_only'] === true };
  }
  const [source = '', target = source, options = ''] = (textOf(value) ?? '').split(':');
  const type = /^[./~]/.test(source) ? 'bind' : 'volume';
  return { type, source, target, readOnly: options.split(',').includes('ro') };
}

function mebibytes(value: Json | undefined): string {
  const bytes = parseQuantity(value);
  return bytes === undefined ? 'without a limit' : sized(Number(bytes / UNIT));
}

/** `64m`, `1g`, or a number of bytes: the engine's units are powers of 1024. */
export function composeMebibytes(value: Json | undefined): string {
  const bytes = composeBytes(value);
  return bytes === undefined ? 'without a limit' : sized(bytes);
}

/** Bytes that an amount of memory stands for on Compose. */
export function composeBytes(value: Json | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(textOf(value) ?? String(numberOf(value) ?? ''));
  if (match === null) return undefined;
  const power = { '': 0, k: 1, m: 2, g: 3, t: 4 }[(match[2] ?? '').toLowerCase()] ?? 0;
  return Number(match[1]) * 1024 ** power;
}

function sized(bytes: number): string {
  return `${bytes / 1024 ** 2}Mi`;
}
